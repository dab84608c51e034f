# Prints what a host is before kubeadm runs on it: rows of fields between tabs. It only reads.
#
# $1 where etcd's data will be
# $2 the names of other hosts, an address and a port each, as `NAME ADDRESS PORT`, separated by newlines
# $3, $4 host and port of the endpoint of the cluster; no host if it is not to be asked
#
#   clock, hostname, machine-id, product-uuid, mac, cpus, memory (KiB), swap (KiB), cgroup (1 or 2), free (KiB where the data will be)
#   program   name and version
#   module    a kernel module that is loaded or built in
#   sysctl    name and value
#   trace     a file or folder that kubeadm or etcd left
#   certificate, kubeconfig   those of print-certificates.sh
#   runtime   a line of containerd's configuration that matters
#   route     a network that the host has a route to
#   own       an address of this host, with the length of its network
#   resolves, resolver, endpoint   those of ask-endpoint.sh
#   peer      name, address, port, and `open`, `closed` or why it cannot be reached

data=$1 peers=$2 endpoint=${3-} port=${4-}
row() { printf '%s\t%s\t%s\t%s\t%s\n' "$1" "${2-}" "${3-}" "${4-}" "${5-}"; }

row clock "$(date +%s)"
row hostname "$(uname -n)"
row machine-id "$(cat /etc/machine-id 2>/dev/null)"
row product-uuid "$(cat /sys/class/dmi/id/product_uuid 2>/dev/null)"
for path in /sys/class/net/*/device; do
  [ -e "$path" ] && row mac "$(cat "${path%/device}/address" 2>/dev/null)"
done
row cpus "$(grep -c '^processor' /proc/cpuinfo)"
row memory "$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)"
row swap "$(awk 'NR > 1 { sum += $3 } END { print sum + 0 }' /proc/swaps 2>/dev/null)"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then row cgroup 2; else row cgroup 1; fi

folder=$data
while [ ! -d "$folder" ] && [ "$folder" != / ]; do folder=$(dirname "$folder"); done
row free "$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')"

version() { "$@" 2>/dev/null | grep -o 'v\{0,1\}[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9A-Za-z.+~-]*' | head -n 1; }
command -v kubelet >/dev/null && row program kubelet "$(version kubelet --version)"
command -v kubeadm >/dev/null && row program kubeadm "$(version kubeadm version -o short)"
command -v kubectl >/dev/null && row program kubectl "$(version kubectl version --client)"
command -v containerd >/dev/null && row program containerd "$(version containerd --version)"

for name in overlay br_netfilter; do
  if [ -d "/sys/module/$name" ] || grep -qw "$name" /proc/modules /proc/filesystems 2>/dev/null; then row module "$name"; fi
done
for name in net/ipv4/ip_forward net/bridge/bridge-nf-call-iptables; do
  [ -f "/proc/sys/$name" ] && row sysctl "$name" "$(cat "/proc/sys/$name")"
done

for path in /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests/*.yaml "$data"/member; do
  [ -e "$path" ] && row trace "$path"
done

. ../cluster-state/print-certificates.sh

if [ -f /etc/containerd/config.toml ]; then
  sed -n 's/^[[:space:]]*\(version\|SystemdCgroup\|disabled_plugins\)[[:space:]]*=[[:space:]]*\([^#]*\).*$/runtime\t\1\t\2/p' /etc/containerd/config.toml
fi

if command -v ip >/dev/null; then
  ip -o addr show 2>/dev/null | awk '$3 ~ /^inet/ { printf "own\t%s\n", $4 }'
  { ip -o -4 route show; ip -o -6 route show; } 2>/dev/null | awk '$1 ~ /\// { device = ""; for (at = 2; at < NF; at++) if ($at == "dev") device = $(at + 1); if ($1 !~ /^fe80/) printf "route\t%s\t%s\n", $1, device }'
fi

. ./reach.sh
. ./ask-endpoint.sh

[ -n "$endpoint" ] && ask_endpoint "$endpoint" "$port" &
if [ -n "$peers" ] && command -v curl >/dev/null; then
  printf '%s\n' "$peers" | {
    while read -r name address port; do
      case $address in *:*) address="[$address]" ;; esac
      row peer "$name" "$address" "$port" "$(reach "$address" "$port")" &
    done
    wait
  }
fi
wait
exit 0
