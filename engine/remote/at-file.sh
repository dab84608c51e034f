# Opens a regular file as descriptor 3 for the command that follows.
#
# $1... as enter takes them
#
# Exit statuses: 3 it does not exist, 4 it cannot be opened, 6 it is not a regular file, and those of enter-folder.sh.
. ./enter-folder.sh
. ./kinds.sh
. ./open-file.sh

enter "$@"
open_file
set --
