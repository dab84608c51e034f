# Prints how each address is reached at the port of the kubelet: the address, and `open`, `closed`, or why it cannot be reached. Nothing is
# printed without curl.
#
# $@ addresses, IPv6 in brackets

. ../preflight/reach.sh

command -v curl >/dev/null || exit 0
for address in "$@"; do echo "$address $(reach "$address" 10250)"; done
