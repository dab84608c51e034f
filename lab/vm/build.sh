#!/bin/bash
# Makes a virtual machine: Debian with a kernel of its own, systemd and sshd, for tests that a container cannot run, such as a
# reboot. Needs Debian and root; takes a minute.
#
#   build.sh OUT_DIR
#
# OUT_DIR gets vmlinuz, initrd.img, disk.raw, the key for logins as root (id_ed25519) and the host key (host_key.pub).
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}")
mkdir -p "$out"
root=$out/rootfs
mmdebstrap --quiet --variant=minbase \
  --include=linux-image-cloud-amd64,initramfs-tools,systemd,systemd-sysv,udev,dbus,openssh-server,sudo,procps \
  bookworm "$root" >&2

echo vm1 >"$root/etc/hostname"
echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
# the network of qemu itself has fixed addresses
printf '[Match]\nType=ether\n[Network]\nAddress=10.0.2.15/24\n' >"$root/etc/systemd/network/lan.network"
printf 'UseDNS no\n' >"$root/etc/ssh/sshd_config.d/lab.conf"
ssh-keygen -q -t ed25519 -N '' -C coxswain-lab -f "$out/id_ed25519"
install -d -m 700 "$root/root/.ssh"
install -m 600 "$out/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
cp "$root/etc/ssh/ssh_host_ed25519_key.pub" "$out/host_key.pub"
chroot "$root" systemctl --quiet enable systemd-networkd ssh
# it exists for minutes: daily jobs would only make each boot slower
chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer e2scrub_reap.service

cp -L "$root/vmlinuz" "$out/vmlinuz"
cp -L "$root/initrd.img" "$out/initrd.img"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "${root:?}"/boot/*
mke2fs -q -t ext4 -d "$root" "$out/disk.raw" 1G
rm -rf "$root"
