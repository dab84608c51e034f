# ssh-make-folder: creates ~/.ssh of the user $1, closed to other users, and sets $d to it. Whatever fails from here on ends the
# program.
set -e
umask 077
. ./ssh-folder.sh
mkdir -p "$d"
chmod 0700 "$d"
