# Verifies an entry of logrotate together with the other entries of /etc/logrotate.d, and prints the faults of this entry. A host
# without logrotate accepts any.
#
# $1 path of the new content
# $2 name of the entry, whose present content is left out

command -v logrotate >/dev/null || exit 0
new=$1 name=$2
set --
for f in /etc/logrotate.d/*; do
  case ${f##*/} in "$name" | .* | *~ | *.bak | *.dpkg-* | *.rpm* | *.swp | *.disabled | *,v) ;; *) [ ! -f "$f" ] || set -- "$@" "$f" ;; esac
done
if [ -f /etc/logrotate.conf ]; then
  # what counts for all entries, without the line that includes the folder
  c=$(mktemp) || exit 1
  trap 'rm -f -- "$c"' EXIT
  trap 'exit 143' HUP INT TERM PIPE
  grep -v '^[[:space:]]*include' /etc/logrotate.conf >"$c"
  set -- "$c" "$@"
fi
# a log that does not exist yet is not a fault of the entry
said=$(logrotate -d "$@" "$new" 2>&1 | grep -F "error: $new:") || :
[ -z "$said" ] || {
  echo "$said"
  exit 1
}
