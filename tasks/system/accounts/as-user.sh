# Runs a program as a user: root uses su(1), which does not ask root for a password; the user runs it directly.
#
# $1 the user
# $2 the program
# $3... its parameters
#
# Exit status: 9 if the user does not exist, else that of the program.

u=$1 c=$2
shift 2
id -u "$u" >/dev/null 2>&1 || exit 9
# without --, su would take a parameter that begins with - as an option of its own
if [ "$(id -un)" = "$u" ]; then sh -c "$c" sh "$@"; else su -s /bin/sh -c "$c" -- "$u" sh "$@"; fi
