# Removes all rules of iptables and ip6tables in the tables that kube-proxy and pod networks use, and all chains that are then empty.
# Policies are set to ACCEPT first: without its rules, a host whose policy is DROP cannot be reached any more.
# It stops at the first failure. A host without one of the two programs, or without tables of IPv6, has no such rules.
set -e
for program in iptables ip6tables; do
  command -v "$program" >/dev/null || continue
  for table in filter nat mangle; do
    "$program" -t "$table" -S >/dev/null 2>&1 || continue
    for chain in $("$program" -t "$table" -S | sed -n 's/^-P \([^ ]*\) DROP$/\1/p'); do
      "$program" -t "$table" -P "$chain" ACCEPT
    done
    "$program" -t "$table" -F
    "$program" -t "$table" -X
  done
done
