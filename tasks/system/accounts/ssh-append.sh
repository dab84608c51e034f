# Appends standard input, complete lines, to a file in ~/.ssh. Lines that other processes append at the same time are not lost.
#
# $1 the user
# $2 name of the file

. ./ssh-make-folder.sh
f=$d/$2
# a last line without a newline would be joined with the first new line
if [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ]; then echo >>"$f"; fi
cat >>"$f"
