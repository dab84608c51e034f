# Ends with 0 if a static pod whose manifest was moved away has really stopped: the kubelet stops it some time after that, and not at all
# while it does not run itself.
#
# $1 its TCP port
# $2 for etcd, the folder of its data; otherwise empty
#
# Exit statuses: 101 it still runs.

. ../kubeadm/listens.sh
. ./etcd-runs.sh

! listens "$1" || exit 101
[ -z "$2" ] || ! etcd_runs "$2" || exit 101
