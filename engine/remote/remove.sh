# Removes a file or link, if it exists.
#
# $1... as enter takes them
set -e
. ./enter-folder.sh

enter "$@"
rm -f -- "./$n"
