# Prints the mounts of a host, one a line, in fields between tabs: device, path, type and options as in /proc/mounts (blanks are
# \040), then for file systems of this host the size of a block in bytes, and the number of blocks: all, free, and available to users.
# File systems of other hosts are not asked: they may never answer.

while read -r device path type options _; do
  sizes=
  case $type in
    ext[234] | xfs | btrfs | zfs | vfat | exfat | msdos | f2fs | bcachefs | jfs | reiserfs | ntfs3 | overlay | tmpfs | squashfs | erofs | iso9660)
      real=$path
      case $path in
        *\\*)
          # printf wants a zero before the digits
          real=$(printf '%b.' "$(printf '%s' "$path" | sed 's/\\\([0-7]\)/\\0\1/g')")
          real=${real%.}
          ;;
      esac
      sizes=$(stat -f -c '%S %b %f %a' -- "$real" 2>/dev/null)
      ;;
  esac
  printf '%s\t%s\t%s\t%s\t%s\n' "$device" "$path" "$type" "$options" "$sizes"
done </proc/mounts
exit 0
