# Puts back manifests of static pods that an interrupted `kubeadm upgrade` has moved away without having put the new ones in place.
# It prints the names of the pods. Copies that are older than the record of the upgrade belong to one before it.
#
# $1  the folder of the manifests
# $2  the folder in which kubeadm keeps former ones
# $3  the record, written before kubeadm was started

for pod in etcd kube-apiserver kube-controller-manager kube-scheduler; do
  [ -e "$1/$pod.yaml" ] && continue
  newest=''
  # their names have the time
  for former in "$2"/kubeadm-backup-manifests-*/"$pod.yaml"; do
    # kubeadm moves manifests into a folder that it makes, so that only the folder has the time of the upgrade
    if [ -f "$former" ] && [ -z "$(find "$3" -newer "${former%/*}")" ]; then newest=$former; fi
  done
  [ -n "$newest" ] || continue
  # the kubelet does not read names that begin with a dot
  cp -p "$newest" "$1/.$pod.yaml" && mv "$1/.$pod.yaml" "$1/$pod.yaml" || exit
  echo "$pod"
done
