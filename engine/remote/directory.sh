# Creates a directory and its parents, and sets owner and mode of the directory.
#
# $1 owner and group in the syntax of chown, or empty
# $2 mode of four or five digits, or empty
# $3... as enter takes them
set -e
. ./enter-folder.sh
. ./folder-attributes.sh

who=$1 mode=$2
shift 2
enter "$@"
end
step "$n"
folder_attributes
