# Prints the network of a host. In fields between tabs, for each interface: `link`, name, hardware address, MTU, state, its kind of
# hardware (if_arp.h), and whether it belongs to a device. After `addresses`, the lines of `ip -o addr`; after `routes FAMILY` the
# default routes. Exits with 101 if the host does not have ip.

command -v ip >/dev/null || exit 101
field() {
  value=
  # the kernel refuses some of them for an interface that is down
  [ ! -r "$1" ] || read -r value 2>/dev/null <"$1" || :
}
tab=$(printf '\t')
for link in /sys/class/net/*; do
  [ -d "$link" ] || continue
  line="link$tab${link##*/}"
  for file in address mtu operstate type; do
    field "$link/$file"
    line="$line$tab$value"
  done
  if [ -e "$link/device" ]; then line="$line${tab}device"; fi
  printf '%s\n' "$line"
done
echo addresses
ip -o addr show
echo routes 4
ip -4 route show default 2>/dev/null
echo routes 6
ip -6 route show default 2>/dev/null
exit 0
