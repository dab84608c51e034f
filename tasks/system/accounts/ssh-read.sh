# Prints owner and mode of ~/.ssh, then the mode of a file in it, then its content. A line is empty if the folder or the file does
# not exist.
#
# $1 the user
# $2 name of the file

. ./ssh-folder.sh
f=$d/$2
# a folder that cannot be read is not empty
if [ -d "$d" ] && [ ! -x "$d" ]; then echo "$d is closed to its user" >&2; exit 1; fi
if [ -d "$d" ]; then stat -L -c '%U %a' "$d"; else echo; fi
if [ -f "$f" ]; then stat -L -c %a "$f"; cat "$f"; else echo; fi
