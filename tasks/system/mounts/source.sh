# Prints what a mount source is: the path without links; then the source that is mounted, in the same way; the file of a loop
# device, or an empty line; and the numbers of the device. Nothing if the source is not found.
#
# $1 the source: a path or a tag such as UUID=...
# $2 the source that is mounted
# $3 name of its loop device, or none

s=$1
case $s in /*) ;; *) s=$(findfs "$s" 2>/dev/null) ;; esac
[ -e "$s" ] || exit 0
readlink -f "$s"
readlink -f "$2" || echo
cat "/sys/block/$3/loop/backing_file" 2>/dev/null || echo
stat -L -c '0x%t 0x%T' "$s"
