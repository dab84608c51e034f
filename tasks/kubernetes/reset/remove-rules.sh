# Removes the firewall rules that Kubernetes and pod networks made; those of other programs are not touched. Prints what it leaves that
# could be theirs, one a line. Exits with 1 if something cannot be removed.
#
# $1 `network` for those of pod networks alone; `all` for all
. ./own-rules.sh

status=0
for program in $(programs); do
  rules=$(own_rules "$program")
  [ -z "$rules" ] || printf '%s\n' "$rules" | "$program-restore" --noflush || status=1
done
own_tables | while read -r family name; do nft delete table "$family" "$name" || exit 1; done || status=1
for name in $(own_sets); do ipset destroy "$name" || status=1; done

for program in $(programs); do
  # chains of the CNI plugin portmap; podman has such too
  n=$("$program-save" 2>/dev/null | grep -c '^:CNI-')
  [ "$n" = 0 ] || echo "$n chains CNI-* of $program, which can be those of other containers"
done
command -v nft >/dev/null && nft list tables 2>/dev/null | awk '$3 == "cni_hostport" { print "the table " $2 " " $3 " of nftables, which can be that of other containers" }'
[ "${1-}" != network ] && grep -qE '^(TCP|UDP)' /proc/net/ip_vs 2>/dev/null && echo 'virtual servers of IPVS (ipvsadm --clear, if nothing else uses them)'
for path in /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_*; do
  [ -e "$path" ] && echo 'BPF programs of cilium, until the host boots again' && break
done
exit "$status"
