#!/bin/bash
# Makes the image of a host for current Kubernetes from that of a host for 1.20: without what today's packages do not bring,
# and with a configuration of containerd that names the pause image of the bundles.
#
#   build.sh IMAGE NEW_IMAGE
set -euo pipefail
image=${1:?IMAGE} new=${2:?NEW_IMAGE}
files=$(cd "$(dirname "$0")/files" && pwd)
container=$(podman create "$image" true)
trap 'podman rm --force "$container" >/dev/null' EXIT
root=$(podman mount "$container")
rm "$root/usr/bin/crictl"
# podman has a network of its own in /etc/cni/net.d, which the kubelet would take for that of the cluster
chroot "$root" dpkg --purge etcd-client podman >/dev/null
mkdir -p "$root/etc/cni/net.d"
[ -z "$(ls -A "$root/etc/cni/net.d")" ]
install -m 644 "$files/containerd.toml" "$root/etc/containerd/config.toml"
podman umount "$container" >/dev/null
podman commit --quiet "$container" "$new" >/dev/null
