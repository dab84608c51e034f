# Replaces a file of accounts, such as /etc/passwd, with standard input, if it is what it was when it was read.
#
# The new file, FILE+, is the lock: whoever creates it may replace the old one, as busybox's adduser does.
#
# $1 the path
# $2 SHA-256 that the file must have
# $3 bytes on standard input
#
# Exit statuses: 11 another process holds the lock for 10 s, 12 the file was changed.

p=$1 sum=$2 size=$3
n=$p+
i=0
umask 077
# no signal may come between the lock and the trap that removes it
trap '' HUP INT TERM PIPE
until (set -C; : >"$n") 2>/dev/null; do
  i=$((i + 1))
  [ "$i" -lt 10 ] || exit 11
  sleep 1
done
trap 'trap "" HUP INT TERM PIPE; rm -f "$n"' EXIT
trap 'exit 143' HUP INT TERM PIPE
# shellcheck disable=SC2015 # whatever fails, the file counts as changed
s=$(sha256sum <"$p") && [ "${s%% *}" = "$sum" ] || exit 12
cat >"$n" && [ "$(wc -c <"$n")" -eq "$size" ] &&
  chown "$(stat -c %u:%g "$p")" "$n" && chmod "$(stat -c %a "$p")" "$n" &&
  sync && mv -f "$n" "$p" && trap - EXIT HUP INT TERM PIPE
