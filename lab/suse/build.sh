#!/bin/bash
# Prints the root file system of a host of the SUSE family as a tar: the real rpm and zypper, from Debian's packages, on a
# minimal Debian whose os-release names openSUSE Leap. rpmbuild and createrepo_c make repositories for it, gpg signs them.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=zypper,rpm,createrepo-c,file,gpg,gpg-agent bookworm "$root" >&2

# Debian's rpm has its database in a home folder, because Debian uses rpm to read packages, not to install them
mkdir -p "$root"/etc/rpm "$root"/etc/zypp/repos.d "$root"/var/lib/rpm
echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
printf 'NAME="openSUSE Leap"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\nPRETTY_NAME="Like SUSE: rpm and zypper of Debian"\n' >"$root/usr/lib/os-release"
# rpmdb2solv, a part of zypper, fails if no package is installed
printf '%s\n' 'Name: base' 'Version: 1' 'Release: 1' 'Summary: x' 'License: none' 'BuildArch: noarch' '%description' x '%files' >"$root/tmp/base.spec"
chroot "$root" sh -c 'cd /tmp && rpmbuild -bb --quiet --define "_rpmdir /tmp" --define "_topdir /tmp/rpmbuild" base.spec && rpm -i /tmp/noarch/*.rpm' >&2
rm -rf "${root:?}"/tmp/*
rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
