#!/bin/bash
# Prints the root file system of a host with database servers as a tar: PostgreSQL and MariaDB from Debian's packages, not
# running; their clients connect over the local socket.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=postgresql,mariadb-server bookworm "$root" >&2

rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
