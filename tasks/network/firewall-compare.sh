# Prints a table of nftables as it is, a line ---, and the table on standard input as nft would show it. The latter is empty where
# a network of its own cannot be had: one that ends with the command lets nft show the table.
#
# $1 name of the table
#
# Exit statuses: 101 nft is not installed, 102 nft refuses the table.

command -v nft >/dev/null || exit 101
t=$(cat)
printf '%s\n' "$t" | nft -c -f - || exit 102
nft -s list table inet "$1" 2>/dev/null
echo ---
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' "$t" | unshare -n sh -c 'nft -f - && nft -s list table inet "$0"' "$1" 2>/dev/null || :
