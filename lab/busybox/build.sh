#!/bin/bash
# Makes the root file system of an Alpine-like host as a tar on standard output: Debian's static busybox with all its
# applets and nothing else, laid out and configured as Alpine does it. There is no apk and no OpenRC in it.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc/crontabs,dev,proc,sys,run,tmp,root,home,var/spool/cron,var/log,opt,srv,lib}
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
install -m 755 "$(command -v busybox)" "$root/bin/busybox"
chroot "$root" /bin/busybox --install -s
ln -s ../../etc/crontabs "$root/var/spool/cron/crontabs"

printf 'root:x:0:0:root:/root:/bin/ash\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:root\nwheel:x:10:root\nusers:x:100:\nshadow:x:42:\nnobody:x:65534:\n' >"$root/etc/group"
printf 'root:*::0:::::\nnobody:!::0:::::\n' >"$root/etc/shadow"
chmod 640 "$root/etc/shadow"
printf '/bin/sh\n/bin/ash\n' >"$root/etc/shells"
printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.15.0\nPRETTY_NAME="Alpine-like busybox"\n' >"$root/etc/os-release"
printf '127.0.0.1\tlocalhost\n' >"$root/etc/hosts"
: >"$root/etc/fstab"
tar -C "$root" -c .
rm -rf "$root"
