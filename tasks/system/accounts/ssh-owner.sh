# Prints the path of ~/.ssh if it is a folder of another user, and not a link; otherwise nothing.
#
# $1 the user

. ./ssh-folder.sh
if [ -d "$d" ] && [ ! -L "$d" ] && [ "$(stat -c %U "$d")" != "$1" ]; then printf %s "$d"; fi
