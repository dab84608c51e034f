# Removes a path recursively, if it exists.
#
# $1... as enter takes them
set -e
. ./enter-folder.sh
. ./stage.sh
. ./cut.sh

enter "$@"
cut
