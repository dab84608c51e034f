# Defines what lists mounts, as /proc/mounts has them: with \040 for a space.

# written PATH: the path without links, in that form
written() { readlink -f -- "$1" | sed 's/\\/\\134/g; s/ /\\040/g'; }

# mounts_below PATH: what is mounted below it, the last mounted first
mounts_below() {
  [ -d "$1" ] || return 0
  below=$(written "$1")
  # without a folder, every mount of the host would be below
  [ -n "$below" ] || return 0
  below=$below awk 'index($2, ENVIRON["below"] "/") == 1 { line[++n] = $2 } END { for (; n > 0; n--) print line[n] }' /proc/mounts
}

# is_mounted PATH: whether something is mounted at the path itself
is_mounted() { at=$(written "$1") awk '$2 == ENVIRON["at"] { found = 1 } END { exit !found }' /proc/mounts; }
