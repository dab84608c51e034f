# Makes the data of this host's etcd, which is stopped, out of a snapshot. The former data is kept beside it. An interrupted run leaves
# the former data either in place or beside, and is done again from its beginning.
#
# Where a disk is mounted as the folder of the member, that folder cannot be renamed: what is in it is moved to a folder on the same disk.
#
# $1 the program that restores: etcdutl, or etcdctl up to 3.4
# $2 the snapshot
# $3 the folder of etcd's data
# $4 the name of the member
# $5 its peer URL
# $6 all members, as NAME=URL, comma-separated
# $7 the token of the new cluster, the same for all members
# $8 the TCP port of etcd
#
# Prints the folder of the former data, if there was any, and before it the folder of what etcd has made again after an interrupted run. Exit statuses: 101 etcd runs.

. ../kubeadm/listens.sh
. ./etcd-runs.sh
. ../reset/mounts-below.sh

program=$1 snapshot=$2 data=$3 port=$8
umask 077
mkdir -p "$data" || exit
# where everything is renamed without leaving the file system
disk=$data
is_mounted "$data/member" && disk=$data/member
new=$disk/.restoring
rm -rf "$new" || exit
set -- --name "$4" --initial-advertise-peer-urls "$5" --initial-cluster "$6" --initial-cluster-token "$7"
# clients that know later revisions must not see them come again with other data (from 3.6 on)
if "$program" snapshot restore --help 2>&1 | grep -q -- --bump-revision; then
  set -- "$@" --bump-revision 1000000000 --mark-compacted
fi
ETCDCTL_API=3 "$program" snapshot restore "$snapshot" --data-dir "$new" "$@" >&2 || exit
sync
# the last look before the data is moved: an etcd that runs would write on into the folder that is kept
if listens "$port" || etcd_runs "$data"; then
  rm -rf "$new"
  exit 101
fi
former=$disk/before-restore-$(date -u +%Y%m%dT%H%M%SZ)
if [ "$disk" = "$data" ]; then
  if [ -e "$data/member" ]; then
    mkdir "$former" && mv "$data/member" "$former/member" || exit
    printf '%s\n' "$former"
  fi
  mv "$new/member" "$data/member" || exit
else
  # under this name until it is complete, so that a run that is interrupted goes on with it
  for name in snap wal removed-by-coxswain; do
    # etcd was started after that run: what it has made does not go into the former data
    if [ -e "$disk/$name" ] && [ -e "$disk/.former/$name" ]; then
      mkdir -p "${former}_2" && mv "$disk/$name" "${former}_2/$name" || exit
    fi
    if [ -e "$disk/$name" ]; then mkdir -p "$disk/.former" && mv "$disk/$name" "$disk/.former/$name" || exit; fi
  done
  if [ -e "${former}_2" ]; then printf '%s\n' "${former}_2"; fi
  if [ -e "$disk/.former" ]; then
    mv "$disk/.former" "$former" || exit
    printf '%s\n' "$former"
  fi
  # without its log, etcd would begin a cluster of its own: the log is the last
  mv "$new/member/snap" "$disk/snap" && mv "$new/member/wal" "$disk/wal" || exit
fi
rm -rf "$new" && sync
