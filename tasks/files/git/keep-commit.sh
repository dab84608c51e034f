# Points a ref at a commit, and writes the commit to the note.
#
# $1 the ref
# $2 the commit
# $3... git with its options
set -e

ref=$1 commit=$2
shift 2
"$@" update-ref "$ref" "$commit"
. ./begun.sh
"$@" rev-parse "$commit" >"$b"
