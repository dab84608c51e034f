#!/bin/bash
# Prints the root file system of an Alpine-like host as a tar: busybox with all its applets and nothing else, with the folders
# and the configuration of Alpine. Debian's own busybox lacks flock, adduser and others that Alpine's has, so Debian's source of
# it is built with the default configuration of busybox. It does not have apk, OpenRC and musl.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
mkdir -p "$work"
{
  # the entry for sources, in addition to the one for binaries
  sed -n '/^Types/,/^$/p' /etc/apt/sources.list.d/debian.sources |
    sed 's/^Types: .*/Types: deb-src/; s/^Suites: bookworm .*/Suites: bookworm/' >/etc/apt/sources.list.d/coxswain-lab-src.sources
  apt-get update -qq
  apt-get install -y -qq -o DPkg::Lock::Timeout=600 --no-install-recommends dpkg-dev gcc make libc6-dev bzip2
  cd "$work"
  apt-get source --download-only busybox
  dpkg-source --no-check -x busybox_*.dsc source
  make -C source defconfig
  sed -i 's/^# CONFIG_STATIC is not set/CONFIG_STATIC=y/' source/.config
  make -C source -j"$(nproc)"
} >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2 && exit 1; }

mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc/crontabs,dev,proc,sys,run,tmp,root,home,var/spool/cron,var/log,opt,srv,lib}
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
install -m 755 "$work/source/busybox" "$root/bin/busybox"
chroot "$root" /bin/busybox --install -s
# applets that act as root for other users are in a set-user-ID copy, as in Alpine's busybox-suid
install -m 4755 "$work/source/busybox" "$root/bin/bbsuid"
for name in bin/su usr/bin/passwd; do ln -sf /bin/bbsuid "$root/$name"; done
ln -s ../../../etc/crontabs "$root/var/spool/cron/crontabs"

printf 'root:x:0:0:root:/root:/bin/ash\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:root\nwheel:x:10:root\nusers:x:100:\nshadow:x:42:\nnobody:x:65534:\n' >"$root/etc/group"
printf 'root:*::0:::::\nnobody:!::0:::::\n' >"$root/etc/shadow"
chmod 640 "$root/etc/shadow"
printf '/bin/sh\n/bin/ash\n' >"$root/etc/shells"
printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.15.0\nPRETTY_NAME="Alpine-like busybox"\n' >"$root/etc/os-release"
printf '127.0.0.1\tlocalhost\n' >"$root/etc/hosts"
: >"$root/etc/fstab"
tar -C "$root" -c .
