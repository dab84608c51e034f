# Prints the disks of a host, and the partitions of each below it, one a line, in fields between tabs: `disk`, name, size in blocks of
# 512 bytes, 1 if it rotates, 1 if it is removable, 1 if it is read-only, vendor, model; `part`, name, size.

field() {
  value=
  [ ! -r "$1" ] || read -r value <"$1" || :
}
tab=$(printf '\t')
for disk in /sys/block/*; do
  name=${disk##*/}
  case $name in loop* | ram* | zram* | '*') continue ;; esac
  line="disk$tab$name"
  for file in size queue/rotational removable ro device/vendor device/model; do
    field "$disk/$file" 2>/dev/null
    line="$line$tab$value"
  done
  printf '%s\n' "$line"
  for part in "$disk/$name"*; do
    [ -e "$part/partition" ] || continue
    field "$part/size"
    printf 'part\t%s\t%s\n' "${part##*/}" "$value"
  done
done
exit 0
