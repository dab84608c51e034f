# Prints size and SHA-256 of the partial file of a transfer.
#
# $1 name of the partial file
# $2... as enter takes them
#
# Exit status: 3 if there is none to resume from.
. ./enter-folder.sh
. ./own-part.sh

part=$1
shift
enter "$@"
end
t=./$part
ours || exit 3
# the writer of a connection that was just lost may still be running: both figures must be of the same bytes
s=$(stat -c %s -- "$t")
h=$(head -c "$s" <"$t" | sha256sum)
printf '%s %s\n' "$s" "${h%% *}"
