# Notes that a commit is about to be checked out. What an earlier attempt left that was killed is removed before: locks and
# temporary files of git that are newer than its note, unless a git may be working in the folder.
#
# $1 the folder
# $2 the commit
# $3... git with its options
set -e

dest=$1 commit=$2
shift 2

# busy: whether a git may be working in the current folder; then its locks are its own
busy() {
  for d in /proc/[0-9]*; do
    { read -r c <"$d/comm"; } 2>/dev/null || continue
    case $c in
    git*)
      c=$(readlink "$d/cwd") || return 0
      case $c/ in "$PWD"/*) return 0 ;; esac
      ;;
    esac
  done
  return 1
}

. ./begun.sh
if [ -f "$b" ]; then
  cd -P -- "$dest"
  busy || find "${b%/*}" -type f '(' -name '*.lock' -o -name 'tmp_pack_*' -o -name 'tmp_idx_*' -o -name 'tmp_obj_*' ')' \
    -newer "$b" -exec rm -f -- {} +
fi
echo "$commit" >"$b"
