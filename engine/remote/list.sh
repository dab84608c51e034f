# Prints the names of the entries of a folder, one per line.
#
# $1 the path
#
# Exit statuses: 3 it does not exist, 4 that cannot be found out.
. ./absent.sh

if [ -e "$1" ]; then exec ls -A -- "$1"; fi
absent "$1"
