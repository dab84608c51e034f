# Fails as a change of a path would, or ends with status 0 if the change would not be refused. It changes nothing.
#
# $1 the change: write, directory, link or attributes
# $2 owner and group in the syntax of chown, or empty
# $3... as enter takes them
set -e
. ./enter-folder.sh
. ./kinds.sh

# able: ends the script unless a file can be created in the current folder. Root is refused only on read-only file systems and
# in immutable folders.
able() {
  [ ! -w . ] || return 0
  [ "$(id -u)" = 0 ] || fail 1 "Permission denied: $PWD"
  case $(lsattr -d . 2>/dev/null) in *i*\ .) fail 1 "Operation not permitted: $PWD" ;; esac
  fail 1 "Read-only file system: $PWD"
}
# known: has chown check the names of owner and group. chown looks them up before it looks at the path, and the empty path
# never exists.
known() {
  [ -n "$who" ] || return 0
  e=$(chown -- "$who" '' 2>&1) || case $e in *invalid* | *unknown*) fail 1 "$e" ;; esac
}
# instead: what is done instead of creating a folder
instead() { able; known; exit; }

change=$1 who=$2
shift 2
enter "$@"
case $change in
write)
  end
  see
  if [ -n "$k" ]; then regular; else able; fi
  ;;
directory)
  end
  step "$n"
  ;;
link)
  if [ -d "./$n" ] && [ ! -L "./$n" ]; then fail 6 "$(here "$n") is a directory, no link"; fi
  [ -e "./$n" ] || [ -L "./$n" ] || able
  ;;
attributes)
  end
  [ -e "./$n" ] || missing "$n"
  [ ! -L "./$n" ] || moved "$n"
  ;;
esac
known
