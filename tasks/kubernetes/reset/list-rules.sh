# Prints what there is of the firewall rules of Kubernetes and pod networks, one kind a line.
#
# $1 `network` for those of pod networks alone; `all` for all
whose=Kubernetes
[ "${1-}" = network ] && whose='a pod network'
. ./own-rules.sh

for program in $(programs); do
  n=$(own_rules "$program" | grep -c '^-[DX]')
  [ "$n" = 0 ] || echo "firewall rules and chains of $whose ($program)"
done
own_tables | sed 's/^/nftables table /'
[ -z "$(own_sets)" ] || echo "address sets of $whose (ipset)"
exit 0
