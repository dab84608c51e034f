# Looks for the signature of a swap file. mkswap writes it at the end of the first page, and pages have different sizes.
#
# $1 the path
#
# Exit status: 0 if there is one, 1 otherwise.

for p in 4096 8192 16384 65536; do
  if dd if="$1" bs=1 skip=$((p - 10)) count=10 2>/dev/null | grep -q SWAPSPACE2; then exit 0; fi
done
exit 1
