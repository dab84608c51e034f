# Runs kubeadm, and restarts a kubelet meanwhile that cannot remove the cgroups of a former static pod: it would never start the new
# one, and kubeadm would give up after 5 minutes ("static Pod hash … did not change after 5m0s"). It ends as kubeadm does.
#
# $@  the words of kubeadm

held() {
  i=$(systemctl show kubelet --property=InvocationID --value) &&
    [ "$(journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$i" | grep 'failed to delete cgroup paths' | grep -c 'pod="kube-system/\(etcd\|kube-apiserver\|kube-controller-manager\|kube-scheduler\)-')" -ge 2 ]
}
own=$$
{
  # it also ends if this program is stopped
  while kill -0 "$own" 2>/dev/null; do
    if held; then systemctl restart kubelet; fi
    sleep 10
  done
} >/dev/null 2>&1 </dev/null &
watch=$!
kubeadm "$@"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
