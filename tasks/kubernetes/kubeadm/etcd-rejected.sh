# Ends with 0 if the kubelet has rejected the pod of etcd since it was started the last time.

i=$(systemctl show kubelet --property=InvocationID --value) &&
  journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$i" | grep -q 'Failed to admit pod.*etcd-'
