# Changes into a folder for the command that follows.
#
# $1... as enter takes them; its exit statuses as well
. ./enter-folder.sh

enter "$@"
set --
