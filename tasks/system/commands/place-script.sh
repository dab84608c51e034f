# Writes standard input into a file, $d/script, in a folder that no one else can enter. The folder is removed when the shell ends;
# the command that follows runs the script.
#
# An empty folder beside the script marks the folder as ours, for the removal of leftovers.
#
# $1 bytes on standard input
#
# Exit status: 1 if there is no room.

s=$(cat; echo .)
d=
trap 'trap "" HUP INT TERM; [ -z "$d" ] || rm -rf -- "$d"' EXIT
trap 'exit 143' HUP INT TERM
for p in "${TMPDIR:-/tmp}" /var/tmp /run /dev/shm "$HOME"; do
  d=$(mktemp -d "$p/.coxswain.XXXXXX" 2>/dev/null) || continue
  mkdir "$d/${d##*/}.$(stat -c %i "$d")" && printf %s "${s%.}" 2>/dev/null >"$d/script" &&
    [ "$(wc -c <"$d/script")" -eq "$1" ] && break
  rm -rf -- "$d"
  d=
done
[ -n "$d" ] || {
  echo 'there is no room for the script in /tmp, /var/tmp, /run, /dev/shm and the home' >&2
  exit 1
}
set --
