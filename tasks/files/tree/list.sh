# Prints the acting user and group, then what a program prints of the paths on standard input, which end with NUL. With a third
# parameter, prints that line and every path below the current folder.
#
# $1 the program, which takes up to 200 paths as its parameters
# $2 the line before the paths; empty to leave them out

echo "$(id -u) $(id -g)"
xargs -0 -n 200 sh -c "$1" sh || exit
[ -z "$2" ] || { printf '%s\n' "$2" && find . -print0; }
