# Makes a user the owner of the current folder, which must not contain files of other users.
#
# $1 the user
#
# Exit status: 21, with the path of a file on standard error, if it contains a file of another user.

e=$(find . ! -path . ! -user "$1" | head -n 1)
[ -z "$e" ] || { echo "$e" >&2; exit 21; }
chown "$1:" .
