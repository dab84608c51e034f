#!/bin/bash
# Makes the image of a host for current Kubernetes from that of a host for 1.20: without what today's packages do not bring,
# and with a configuration of containerd that names the pause image of the bundles.
#
#   build.sh IMAGE NEW_IMAGE CONFIGURATION [PROGRAMS]
#
# CONFIGURATION is a file of files/. PROGRAMS is a folder with containerd, its shim and ctr, in place of Debian's.
set -euo pipefail
image=${1:?IMAGE} new=${2:?NEW_IMAGE} configuration=${3:?CONFIGURATION} programs=${4-}
files=$(cd "$(dirname "$0")/files" && pwd)
container=$(podman create "$image" true)
trap 'podman rm --force "$container" >/dev/null' EXIT
root=$(podman mount "$container")
rm "$root/usr/bin/crictl"
# podman has a network of its own in /etc/cni/net.d, which the kubelet would take for that of the cluster
chroot "$root" dpkg --purge etcd-client podman >/dev/null
mkdir -p "$root/etc/cni/net.d"
[ -z "$(ls -A "$root/etc/cni/net.d")" ]
install -m 644 "$files/$configuration" "$root/etc/containerd/config.toml"
[ -z "$programs" ] || install "$programs"/{containerd,ctr,containerd-shim-runc-v2} "$root/usr/bin/"
podman umount "$container" >/dev/null
podman commit --quiet "$container" "$new" >/dev/null
