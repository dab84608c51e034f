# Creates a symbolic link, or replaces one or a file: the new link is renamed into place.
#
# $1 its target
# $2... as enter takes them
#
# Exit status: 6 if the path is a directory.
set -e
. ./enter-folder.sh
. ./stage.sh

target=$1
shift
enter "$@"
if [ -d "./$n" ] && [ ! -L "./$n" ]; then fail 6 "$(here "$n") is a directory, no link"; fi
stage
ln -s -- "$target" "./new/$n"
mv -f -- "./new/$n" ..
