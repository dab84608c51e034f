# Prints the newest version of a package that the registry has. The cache is a folder of its own, which is removed: a check leaves
# nothing behind.
#
# $1 the package
# $2... options of npm install
d=$(mktemp -d) || exit
# dash and busybox run an EXIT trap only if the shell exits by itself, not after a signal
trap 'trap "" HUP INT TERM PIPE; rm -rf -- "$d"' EXIT
trap 'exit 143' HUP INT TERM PIPE
p=$1
shift
npm view "$p" version --no-update-notifier --cache="$d" "$@"
