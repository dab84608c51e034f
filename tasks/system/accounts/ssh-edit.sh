# Replaces a file in ~/.ssh with standard input, if the file is unchanged since it was read. Lines that other processes such as ssh
# append at that moment are kept: the old file has a second name until it is replaced.
#
# $1 the user
# $2 name of the file
# $3 its new mode
# $4 its new size in bytes
# $5 its size in bytes when it was read; empty if it did not exist
# $6 its SHA-256 when it was read
#
# Exit status: 22 if it was changed since it was read.

. ./ssh-make-folder.sh
f=$d/$2
# a link is followed: the user's permissions decide whether its target can be written
if [ -L "$f" ]; then f=$(readlink -f "$f"); fi
. ./ssh-draft.sh
cat >"$t"
test "$(wc -c <"$t")" -eq "$4"
chmod "$3" "$t"
if [ -z "$5" ]; then
  [ ! -e "$f" ] || exit 22
  mv -f "$t" "$f"
  exit
fi
o=$(mktemp "$h.$$.XXXXXX")
trap 'trap "" HUP INT TERM PIPE; rm -f -- "$t" "$o"' EXIT
# a file of another user cannot get a second name (fs.protected_hardlinks)
if ln -f "$f" "$o" 2>/dev/null; then x=$o; else x=$f; fi
s=$(sha256sum <"$x") || exit 22
[ "${s%% *}" = "$6" ] || exit 22
mv -f "$t" "$f"
[ "$x" = "$f" ] || tail -c "+$(($5 + 1))" "$x" >>"$f"
