# Verifies a systemd unit or drop-in with systemd-analyze, in a folder with precedence over all others, and prints what it says.
# Manual pages that a unit names do not have to exist. A unit that is already faulty without its drop-in is accepted.
#
# $1 path of the new content
# $2 name of the unit
# $3 path of the content from that folder: the name of the unit, or UNIT.d/NAME.conf
# $4 for a drop-in, the file of the unit that it changes; otherwise empty

# in any folder with space: a full /tmp must not make the check fail
d=$(mktemp -d /run/.coxswain.XXXXXX 2>/dev/null || mktemp -d) || exit 1
trap 'trap "" HUP INT TERM PIPE; rm -rf -- "$d"' EXIT
trap 'exit 143' HUP INT TERM PIPE
verify() { systemd-analyze verify --man=no "$d/$1"; }
before=0
if [ -n "$4" ]; then
  mkdir "$d/$2.d" || exit 1
  cp "$4" "$d/$2" || exit 1
  verify "$2" >/dev/null 2>&1 || before=1
fi
cp "$1" "$d/$3" || exit 1
after=0
verify "$2" >"$d/said" 2>&1 || after=1
cat "$d/said"
[ "$after" -le "$before" ] || exit 1
# messages for lines that systemd ignores; unknown keys are not among them, as a file can be made for newer versions, too
! grep -F "$d/$3:" "$d/said" | grep -Eq "Failed to parse|[Ii]nvalid|outside of section|Missing '='"
