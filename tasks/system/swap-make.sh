# Makes a swap file that no one else can read. If that fails, nothing is left.
#
# $1 the path, which must not exist
# $2 size in MiB
#
# A link that another user creates at the path is not followed (set -C). On btrfs the file must not be copied when it is written
# (chattr +C), which only an empty file takes. Where holes are not holes to the kernel, space is allocated without writing it.

umask 077
set -C
# shellcheck disable=SC2015 # whatever fails, the file is removed
: >"$1" && { chattr +C "$1" 2>/dev/null || :; } && {
  case $(stat -f -c %T "$1") in ext* | btrfs) fallocate -l "$(($2 * 1048576))" "$1" ;; *) false ;; esac ||
    dd if=/dev/zero of="$1" bs=1048576 count="$2"
} && mkswap "$1" || { rm -f "$1"; exit 1; }
