#!/bin/bash
# Prints the root file system of a host of the Red Hat family as a tar: the real rpm and dnf, from Debian's packages, on a
# minimal Debian whose os-release names Rocky Linux. rpmbuild and createrepo_c make repositories for it, gpg signs them.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=dnf,dnf-plugins-core,rpm,createrepo-c,file,gpg,gpg-agent bookworm "$root" >&2

# the plugins are needed for versionlock; this one needs a repository that does not exist
rm "$root/usr/lib/python3/dist-packages/dnf-plugins/local.py"
# Debian's rpm has its database in a home folder, because Debian uses rpm to read packages, not to install them
mkdir -p "$root"/etc/rpm "$root"/etc/yum.repos.d "$root"/etc/pki/rpm-gpg "$root"/var/lib/rpm
echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
echo 9 >"$root/etc/dnf/vars/releasever"
printf 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.0"\nPRETTY_NAME="Like Red Hat: rpm and dnf of Debian"\n' >"$root/usr/lib/os-release"
rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
