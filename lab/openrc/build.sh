#!/bin/bash
# Prints the root file system of a host with OpenRC as a tar: a minimal Debian with the real OpenRC, without the boot scripts
# that a container does not need.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=openrc,procps bookworm "$root" >&2

rm -f "$root"/etc/runlevels/*/* "$root"/etc/init.d/{hwclock.sh,procps,cgroups}
rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
