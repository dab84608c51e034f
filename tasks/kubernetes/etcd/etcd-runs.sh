# Defines a function that succeeds if an etcd with a data folder runs on this host as the user of this program, which is root. Those of
# other users do not count: anyone can start a program with that name.
#
# $1 (of the function) the folder of its data

etcd_runs() {
  for words in /proc/[0-9]*/cmdline; do
    [ "$(stat -c %u "${words%/cmdline}" 2>/dev/null)" = "$(id -u)" ] || continue
    tr '\0' '\n' <"$words" 2>/dev/null | awk -v "data=--data-dir=$1" \
      'NR == 1 && $0 !~ /(^|\/)etcd$/ { exit } $0 == data { found = 1 } END { exit !found }' && return
  done
  return 1
}
