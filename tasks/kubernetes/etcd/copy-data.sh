# Copies the data of this host's etcd, which is stopped, to a folder beside it. An incomplete copy is made again.
#
# $1 the folder of etcd's data
# $2 the name of the copy, in that folder
# $3 the TCP port of etcd
#
# Exit statuses: 101 etcd runs, 102 there is not enough space.

. ../kubeadm/listens.sh
. ./etcd-runs.sh

data=$1 copy=$1/$2
[ ! -e "$copy" ] || exit 0
if listens "$3" || etcd_runs "$data"; then exit 101; fi
umask 077
rm -rf "$copy.new" || exit
[ -d "$data/member" ] || { echo "$data/member does not exist" >&2; exit 1; }
needed=$(du -sk "$data/member" | cut -f 1)
free=$(df -Pk "$data" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$needed" ] || exit 102
mkdir "$copy.new" && cp -a "$data/member" "$copy.new/member" && sync && mv "$copy.new" "$copy"
