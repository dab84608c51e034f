#!/bin/bash
# Makes a bundle: bin/ with the programs for a host, images/ with the archives that kubeadm and flannel ask for, and
# kube-flannel.yml.
#
#   images.sh OUT_DIR VERSION PROGRAMS ETCD ADDONS CNI_FLANNEL BASE
#
# PROGRAMS has the programs of Kubernetes, ETCD etcd, ADDONS and CNI_FLANNEL what tools.sh makes, BASE what base.sh makes. Names
# and tags are those of kubeadm and of flannel's manifest; CoreDNS and pause are the same for all versions of Kubernetes.
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}") version=${2:?VERSION} programs=${3:?PROGRAMS} etcd=${4:?ETCD} addons=${5:?ADDONS} cni=${6:?CNI_FLANNEL} base=${7:?BASE}/layer.tar
here=$(cd "$(dirname "$0")" && pwd)
# a folder in it is made again for each image: the name of the outer one stays ours
work=$(mktemp -d) root=$work/root
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"/{bin,images}
# links where the file system has them: the programs are kept once
for name in kubeadm kubelet kubectl; do ln "$programs/$name" "$out/bin/$name" 2>/dev/null || cp "$programs/$name" "$out/bin/"; done

# image REFERENCES ENTRYPOINT [BASE] -- FILE=PATH...: an archive of these files, named for its first reference
image() {
  local references=$1 entry=$2 layers=() name pair
  shift 2
  while [ "$1" != -- ]; do
    layers+=("$1")
    shift
  done
  shift
  rm -rf "$root"
  for pair; do install -D "${pair%%=*}" "$root/${pair#*=}"; done
  name=${references%%,*} name=${name##*/}
  "$here/image.sh" "$out/images/${name%%:*}.tar" "$references" "$entry" "${layers[@]}" "$root"
}

"$programs/kubeadm" config images list --kubernetes-version "$version" | while read -r reference; do
  name=${reference##*/} name=${name%%:*}
  case $name in
    kube-proxy) image "$reference" /usr/local/bin/kube-proxy "$base" -- "$programs/kube-proxy=usr/local/bin/kube-proxy" ;;
    kube-*) image "$reference" "/usr/local/bin/$name" -- "$programs/$name=usr/local/bin/$name" ;;
    pause)
      gcc -static -Os -o "$out/pause" "$here/pause.c"
      # containerd's configuration on the hosts names a tag that is the same for all versions
      image "$reference,${reference%:*}:lab" /pause -- "$out/pause=pause"
      rm "$out/pause"
      ;;
    coredns) image "$reference" /coredns -- "$addons/coredns=coredns" ;;
    etcd) image "$reference" /usr/local/bin/etcd -- "$etcd/etcd=usr/local/bin/etcd" "$addons/etcdctl=usr/local/bin/etcdctl" "$addons/etcdutl=usr/local/bin/etcdutl" ;;
    *)
      echo "kubeadm asks for an image that is not known here: $reference" >&2
      exit 1
      ;;
  esac
done
install -m 644 "$addons/kube-flannel.yml" "$out/"
# reference NAME: the image of that name in flannel's manifest
reference() { sed -n "s/^ *image: *\(.*\/$1:.*\)/\1/p" "$addons/kube-flannel.yml" | head -n 1; }
image "$(reference flannel)" /opt/bin/flanneld "$base" -- "$addons/flannel=opt/bin/flanneld"
image "$(reference flannel-cni-plugin)" /flannel "$base" -- "$cni/flannel=flannel"
