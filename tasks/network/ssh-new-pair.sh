# ssh-new-pair: makes a key pair and puts it at $f, with the comment $c. The old one stays until there is a new one.
#
# $1... options of ssh-keygen for its type and bits
# shellcheck disable=SC2154 # the files that include this one set $f and $c
if [ -d "$f" ]; then
  echo "$f is a folder" >&2
  exit 1
fi
n=$(mktemp -d "${f%/*}/.coxswain-key.XXXXXX")
# dash and busybox run an EXIT trap only if the shell exits by itself, not after a signal
trap 'trap "" HUP INT TERM PIPE; rm -rf -- "$n"' EXIT
trap 'exit 143' HUP INT TERM PIPE
ssh-keygen -q "$@" -N '' -C "$c" -f "$n/key"
# an old public key beside a new private one would be taken for a pair
rm -f "$f.pub"
mv -f "$n/key" "$f"
mv -f "$n/key.pub" "$f.pub"
