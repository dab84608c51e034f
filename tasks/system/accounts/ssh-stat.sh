# Prints the mode of a file in ~/.ssh, or an empty line; then "there" if a second file exists. Neither is read.
#
# $1 the user
# $2 name of the file
# $3 name of the second file

. ./ssh-folder.sh
f=$d/$2
if [ -f "$f" ]; then stat -L -c %a "$f"; else echo; fi
if [ -f "$d/$3" ]; then echo there; fi
