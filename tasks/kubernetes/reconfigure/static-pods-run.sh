# Prints which programs of static pods run on this host, and how often each was started.
#
# $1 the folder of the manifests
# $@ the names of the static pods, which are those of their programs
#
# Prints for each process `process NAME`, then `word WORD` for each word of its command line and `variable NAME=VALUE` for each of its
# environment, and `outdated` if it was started before the manifest was changed the last time; for each static pod `starts NAME COUNT`.

manifests=$1
shift
# fields of /proc/PID/stat are in ticks since the host has booted
hertz=$(getconf CLK_TCK 2>/dev/null) || hertz=100
booted=$(sed -n 's/^btime //p' /proc/stat 2>/dev/null)
now=$(date +%s)

for name; do
  # a file that is dated in the future does not count
  changed=$(stat -c %Y "$manifests/$name.yaml" 2>/dev/null) && [ "$changed" -le "$now" ] || changed=
  # it can end at any time; the first word of its command line ends with the name. Paths of /proc are words
  # shellcheck disable=SC2013
  for file in $(grep -lE "^([^ ]*/)?$name" /proc/[0-9]*/cmdline 2>/dev/null); do
    words=$(tr '\0' '\n' 2>/dev/null <"$file") 2>/dev/null || continue
    first=${words%%
*}
    [ "${first##*/}" = "$name" ] || continue
    echo "process $name"
    printf '%s\n' "$words" | sed 's/^/word /'
    # the name of the program, in parentheses, can have blanks: what follows it is field 3
    ticks=$(sed 's/.*) //' "${file%/*}/stat" 2>/dev/null | cut -d ' ' -f 20)
    if [ -n "$changed" ] && [ -n "$booted" ] && [ -n "$ticks" ] && [ "$changed" -gt $((booted + ticks / hertz)) ]; then
      echo outdated
    fi
    variables=$(tr '\0' '\n' 2>/dev/null <"${file%/*}/environ") 2>/dev/null
    printf '%s\n' "$variables" | sed 's/^/variable /'
  done
  starts=0
  # a folder for each version of the pod, in it a file for each start of its container; the kubelet removes the former ones
  for folder in /var/log/pods/kube-system_"$name"-*/"$name"; do
    # names are numbers
    # shellcheck disable=SC2010
    last=$(ls "$folder" 2>/dev/null | grep -x '[0-9]*\.log' | sort -n | tail -n 1)
    [ -z "$last" ] || starts=$((starts + ${last%.log} + 1))
  done
  echo "starts $name $starts"
done
