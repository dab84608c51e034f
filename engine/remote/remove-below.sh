# Removes several paths below a folder. A call of `below` for each folder follows.
#
# $1... as enter takes them
set -e
. ./enter-folder.sh
. ./stage.sh
. ./cut.sh
. ./below.sh

change() { for n do ( cut ); done; }

enter "$@"
