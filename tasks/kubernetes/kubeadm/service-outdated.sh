# Succeeds if a service was started before one of its files was changed the last time. A file that is dated in the future does not count.
#
# $1 the service
# $2 and more: the files; a name without a folder is that of a program

service=$1
shift
started=$(systemctl show "$service" --property=ExecMainStartTimestamp --value) && [ -n "$started" ] || exit 1
started=$(date -d "$started" +%s 2>/dev/null) || exit 1
now=$(date +%s)
for file; do
  case $file in */*) ;; *) file=$(command -v "$file") || continue ;; esac
  changed=$(stat -c %Y "$file" 2>/dev/null) || continue
  if [ "$changed" -gt "$started" ] && [ "$changed" -le "$now" ]; then exit 0; fi
done
exit 1
