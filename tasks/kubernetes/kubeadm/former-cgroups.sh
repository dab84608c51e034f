# Ends with 0 if the kubelet, since it was started the last time, could not remove the cgroups of a former static pod. It does not start
# the pod again then, and does not find out that nothing runs in them any more.
#
# $1 the name of the static pod

i=$(systemctl show kubelet --property=InvocationID --value) &&
  journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$i" | grep 'failed to delete cgroup paths' | grep -q "pod=\"kube-system/$1-"
