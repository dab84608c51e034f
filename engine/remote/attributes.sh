# Sets owner and mode of an existing file or folder.
#
# $1 owner and group in the syntax of chown, or empty
# $2 mode of four or five digits, or empty
# $3... as enter takes them
set -e
. ./enter-folder.sh
. ./kinds.sh
. ./stage.sh
. ./change-attributes.sh

who=$1 mode=$2
shift 2
enter "$@"
end
[ -e "./$n" ] || missing "$n"
[ ! -L "./$n" ] || moved "$n"
change "$n"
