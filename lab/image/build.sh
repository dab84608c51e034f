#!/bin/bash
# Prints the root file system of a lab host as a tar: Debian with systemd, sshd, containerd, haproxy, keepalived and the files of the
# Kubernetes packages. It is not configured for a cluster yet.
#
#   build.sh WORK_DIR SUITE > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}") suite=${2:?SUITE}
files=$(cd "$(dirname "$0")/files" && pwd)
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase \
  --include=systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,iptables,containerd,runc,containernetworking-plugins,conntrack,socat,ethtool,ebtables,kmod,procps,ca-certificates,curl,haproxy,keepalived,etcd-client,jq,openssl,netcat-openbsd,acl,attr,cron,git,nftables,podman,apt-utils,gpg,gpg-agent \
  "$suite" "$root" >&2

mkdir -p "$root"/opt/cni/bin "$root"/etc/containerd "$root"/etc/systemd/system/kubelet.service.d "$root"/etc/ssh/authorized "$root"/etc/cni/net.d
cp -a "$root"/usr/lib/cni/. "$root"/opt/cni/bin/
install -m 755 "$files/crictl" "$root/usr/bin/crictl"
install -m 644 "$files/containerd.toml" "$root/etc/containerd/config.toml"
install -m 644 "$files/kubelet.service" "$root/etc/systemd/system/kubelet.service"
install -m 644 "$files/10-kubeadm.conf" "$root/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"
# the binaries are mounted from the bundle: one copy in the page cache for all hosts
for name in kubeadm kubelet kubectl; do ln -s /opt/coxswain/bin/$name "$root/usr/bin/$name"; done

# the key of the lab is mounted as well
printf 'AuthorizedKeysFile /etc/ssh/authorized/lab.pub .ssh/authorized_keys\nUseDNS no\n' >"$root/etc/ssh/sshd_config.d/lab.conf"
rm -f "$root"/etc/ssh/ssh_host_*
cat >"$root/etc/systemd/system/ssh-host-keys.service" <<'UNIT'
[Unit]
Description=Host keys of this very host
Before=ssh.service
[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A
[Install]
WantedBy=multi-user.target
UNIT
chroot "$root" systemctl --quiet enable ssh ssh-host-keys containerd kubelet
chroot "$root" systemctl --quiet disable haproxy keepalived
chroot "$root" systemctl --quiet mask systemd-udevd systemd-udevd-control.socket systemd-udevd-kernel.socket getty.target console-getty.service systemd-logind cron.service apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer

# logins for tests of become: sudo without a password, and with one (a password of the lab only, not a secret)
chroot "$root" useradd -m -s /bin/bash ops
chroot "$root" useradd -m -s /bin/bash opspw
echo 'opspw:lab-sudo-password' | chroot "$root" chpasswd
printf 'ops ALL=(ALL) NOPASSWD: ALL\nopspw ALL=(ALL) ALL\n' >"$root/etc/sudoers.d/lab"
chmod 440 "$root/etc/sudoers.d/lab"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
