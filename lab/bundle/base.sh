#!/bin/bash
# Makes the layer that the images of kube-proxy and flannel are built on, layer.tar: iptables, nft, ip, conntrack, and busybox
# as the shell. The packages are only unpacked: the links that their scripts would make are made here.
#
#   base.sh OUT_DIR
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mmdebstrap --quiet --variant=extract \
  --include=busybox-static,iptables,nftables,conntrack,kmod,iproute2,ipset,ca-certificates bookworm "$root"
rm -rf "$root"/usr/share/{doc,man,locale,info,lintian,bash-completion,perl*,zoneinfo} \
  "$root"/usr/lib/x86_64-linux-gnu/{perl*,gconv} "$root"/usr/bin/perl* "$root"/usr/lib/{apt,dpkg} \
  "$root"/var/{cache,lib/apt,lib/dpkg,log}/*
for name in sh cat cp mv ls sleep test grep sed touch mkdir rm true env hostname; do
  [ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
done
for name in {iptables,ip6tables}{,-save,-restore}; do ln -sf xtables-nft-multi "$root/usr/sbin/$name"; done
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
mkdir -p "$root"/{proc,sys,dev,run,tmp,root}
tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$out/layer.tar" .
