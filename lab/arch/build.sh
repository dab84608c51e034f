#!/bin/bash
# Prints the root file system of a host of the Arch family as a tar: the real pacman, from Debian's package, on a minimal
# Debian whose os-release names Arch Linux. repo-add makes repositories for it, gpg signs them.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=pacman-package-manager,makepkg,zstd,libarchive-tools,gpg,gpg-agent bookworm "$root" >&2

# no repository, and its own packages are not signed
printf '[options]\nHoldPkg = pacman\nArchitecture = auto\nSigLevel = Required DatabaseOptional\n' >"$root/etc/pacman.conf"
printf 'NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\nPRETTY_NAME="Like Arch: pacman of Debian"\n' >"$root/usr/lib/os-release"
rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
