# Stops a static pod: moves its manifest away, and waits until it no longer runs. It stays stopped.
#
# $1 its manifest
# $2 where the manifest is meanwhile, on the same file system
# $3 its TCP port
# $4 seconds to wait
# $5 for etcd, the folder of its data; otherwise empty
#
# Exit statuses: 101 it has not stopped in time.

. ../kubeadm/listens.sh
. ./etcd-runs.sh

folder=${2%/*}
[ -d "$folder" ] || mkdir -m 700 "$folder" || exit
[ ! -e "$1" ] || mv -f "$1" "$2" || exit
last=$(($(date +%s) + $4))
while listens "$3" || { [ -n "$5" ] && etcd_runs "$5"; }; do
  [ "$(date +%s)" -lt "$last" ] || exit 101
  sleep 0.2 2>/dev/null || sleep 1
done
