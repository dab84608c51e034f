# ssh-draft: creates a draft $t beside $f, which is removed at the end unless it has replaced $f. Before that, it removes drafts in
# the folder that ended shells of this host left, and sets $h to the start of their names. The folder belongs to the user, and can
# be shared by several hosts.
# shellcheck disable=SC2154 # the files that include this one set $f
h=${f%/*}/.coxswain.$(uname -n)
for x in "$h".*.??????; do
  if [ ! -f "$x" ] || [ -L "$x" ]; then continue; fi
  p=${x%.??????}
  kill -0 "${p##*.}" 2>/dev/null || rm -f -- "$x"
done
t=$(mktemp "$h.$$.XXXXXX")
# dash and busybox run an EXIT trap only if the shell exits by itself, not after a signal
trap 'trap "" HUP INT TERM PIPE; rm -f -- "$t"' EXIT
trap 'exit 143' HUP INT TERM PIPE
