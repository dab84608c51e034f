# Prints type, mode, owner, group, size, modification time, uid and gid of a path; for a link, its target in a second line.
#
# $1 the path
# $2 1 to follow a link
#
# Exit statuses: 3 it does not exist, 4 that cannot be found out.
# shellcheck disable=SC2209 # these are words
. ./absent.sh

if [ -z "$2" ] && [ -L "$1" ]; then t=link
elif [ -f "$1" ]; then t=file
elif [ -d "$1" ]; then t=directory
elif [ -e "$1" ]; then t=other
else absent "$1"; fi
if [ -n "$2" ]; then stat -L -c "$t %a %U %G %s %Y %u %g" -- "$1"
else stat -c "$t %a %U %G %s %Y %u %g" -- "$1" && if [ "$t" = link ]; then readlink -- "$1"; fi; fi
