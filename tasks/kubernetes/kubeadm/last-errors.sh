# Prints what went wrong last on a host whose control plane did not start: errors of the kubelet, and the last ones that each static
# pod has logged. Prints nothing if there is no log.
#
# $1 seconds: what is older is left out
#
# Each line begins with its source and a tab. Very long lines are left out: they cannot be cut, because a part of a secret is not
# recognised.

short() { awk 'length <= 4000'; }

# of the kubelet, of the Go runtime, and of systemd for a kubelet that cannot be started or was killed
journalctl -q --no-pager -o cat -u kubelet -n 500 --since "-$1s" 2>/dev/null |
  grep -E '^[EF][0-9]{4} |^\{.*"err":|^Error: |failed to run Kubelet|^panic: |^fatal error: |^kubelet\.service: (Failed (at step|to )|Main process exited, code=(killed|dumped)|A process of this unit has been killed)' | short | tail -n 60 | sed 's/^/kubelet	/'

# logged once, long before the other messages, and as a warning: the kubelet does not try again to start such a pod
journalctl -q --no-pager -o cat -u kubelet --since "-$1s" 2>/dev/null |
  grep -E 'Failed to admit pod|Pod admission denied' | short | tail -n 20 | sed 's/^/refused by the kubelet	/'

# a folder for each container, and in it a file for each of its starts, beside older parts of the same with longer names
for folder in /var/log/pods/kube-system_*/*/; do
  name=$(basename "$folder")
  case $name in etcd | kube-apiserver | kube-controller-manager | kube-scheduler) ;; *) continue ;; esac
  # names are numbers
  # shellcheck disable=SC2010
  starts=$(ls "$folder" 2>/dev/null | grep -x '[0-9]*\.log' | sort -rn | head -n 2)
  # right after a start, the cause is in the file of the one before
  for last in $starts; do
    [ -n "$(find "$folder$last" -mmin "-$(($1 / 60 + 1))" 2>/dev/null)" ] || continue
    found=$(grep -iE 'error|fatal|panic|failed|refused|denied' "$folder$last" 2>/dev/null | short | tail -n 2)
    [ -n "$found" ] || continue
    printf '%s\n' "$found" | sed "s/^/$name	/"
    break
  done
done
exit 0
