# Succeeds if the kubelet was started before one of its files was changed the last time. A file that is dated in the future does not count.
#
# $@ the files

started=$(systemctl show kubelet --property=ExecMainStartTimestamp --value) && [ -n "$started" ] || exit 1
started=$(date -d "$started" +%s 2>/dev/null) || exit 1
now=$(date +%s)
for file; do
  changed=$(stat -c %Y "$file" 2>/dev/null) || continue
  if [ "$changed" -gt "$started" ] && [ "$changed" -le "$now" ]; then exit 0; fi
done
exit 1
