# Copies the program that restores snapshots to a folder, while the etcd of this host still runs: it is in its container. Where no etcd
# runs, it is taken from the image that the manifest of etcd names, among those of containerd.
#
# $1 the folder, which only root can change
#
# Exit statuses: 101 it is not found.

. ./own-etcd.sh

umask 077
view=$1/.image
cleanup() {
  [ ! -d "$view" ] || { ctr -n k8s.io images unmount --rm "$view" && rmdir "$view"; } >/dev/null 2>&1
}
if [ -z "$bin" ]; then
  image=''
  # the second one is where restoring moves it
  for manifest in /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/restoring/etcd.yaml; do
    [ -n "$image" ] || image=$(sed -n "s/^[ -]*image: *['\"]\{0,1\}\([^'\" ]*\).*/\1/p" "$manifest" 2>/dev/null | head -n 1)
  done
  [ -n "$image" ] && command -v ctr >/dev/null || exit 101
  trap cleanup EXIT
  trap 'exit 130' HUP INT TERM
  # of an earlier run that was killed
  cleanup
  mkdir -p "$view" && ctr -n k8s.io images mount "$image" "$view" >/dev/null || exit 101
  bin=$view/usr/local/bin
fi
# up to 3.4, etcdctl restores
from=$bin/etcdutl
[ -x "$from" ] || from=$bin/etcdctl
[ -x "$from" ] || exit 101
cp "$from" "$1/.etcdutl" && chmod 700 "$1/.etcdutl" && mv "$1/.etcdutl" "$1/etcdutl"
