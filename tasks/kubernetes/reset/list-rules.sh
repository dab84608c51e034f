# Prints what there is of the firewall rules of Kubernetes and pod networks, one kind a line.
. ./own-rules.sh

for program in $(programs); do
  n=$(own_rules "$program" | grep -c '^-[DX]')
  [ "$n" = 0 ] || echo "firewall rules and chains of Kubernetes ($program)"
done
own_tables | sed 's/^/nftables table /'
[ -z "$(own_sets)" ] || echo 'address sets of Kubernetes (ipset)'
exit 0
