# Prints the paths of files other than one, each followed by its lines that contain a word, with a blank before them. Links to
# that one are left out.
#
# $1 the file
# $2 the word: a basic regular expression without /
# $3... patterns of paths

own=$(readlink -f "$1") || own=$1
word=$2
shift 2
for pattern do
  # shellcheck disable=SC2086 # the shell expands the pattern, which has no blanks
  for f in $pattern; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    [ "$(readlink -f "$f")" != "$own" ] || continue
    printf '%s\n' "$f"
    [ ! -f "$f" ] || sed -n "/$word/s/^/ /p" "$f"
  done
done
