# Prints what an upgrade needs to know of a control-plane node: rows of fields between tabs. It only reads.
#
# $1  the URL of its API server
#
#   cgroup    1 or 2
#   runtime   the version of containerd
#   kubeadm   the version of kubeadm
#   free      KiB on the file system in which kubeadm keeps a copy of etcd's data
#   argument  an argument of the kubelet that an administrator has set
#   api       the labels of an API that was asked for since the API server started, and that a later release does not have
#   unasked   why that is not known

row() { printf '%s\t%s\n' "$1" "$2"; }

if [ -f /sys/fs/cgroup/cgroup.controllers ]; then row cgroup 2; else row cgroup 1; fi
row runtime "$(containerd --version 2>/dev/null | grep -o '[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*' | head -n 1)"
row kubeadm "$(kubeadm version -o short 2>/dev/null)"
row free "$(df -Pk /etc/kubernetes 2>/dev/null | awk 'NR == 2 { print $4 }')"
for file in /etc/default/kubelet /etc/sysconfig/kubelet; do
  [ -f "$file" ] || continue
  sed -n 's/^[[:space:]]*KUBELET_EXTRA_ARGS=//p' "$file" | tr "\"' " '[\n*]' | sed -n 's/^--/argument\t/p'
done
if figures=$(kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s --server "$1" get --raw /metrics 2>/dev/null); then
  printf '%s\n' "$figures" | sed -n 's/^apiserver_requested_deprecated_apis{\(.*removed_release="[0-9.][0-9.]*".*\)} [1-9].*$/api\t\1/p'
else
  row unasked 'the API server does not give its figures'
fi
exit 0
