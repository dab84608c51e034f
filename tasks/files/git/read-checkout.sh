# Prints the state of a checkout: its commit, the URL of its repository, the number of commits that the repository does not have,
# and the files that were changed; after a line === submodules ===, the state of submodules; after a line === begun ===, the
# commit of a checkout that was interrupted.
#
# $1 the folder
# $2 what of submodules is ignored in the state of files: untracked or all
# $3 1 to print the state of submodules
# $4... git with its options
#
# Exit statuses: 101 there is no git, 102 the folder is empty or does not exist, 103 it is something else.

command -v git >/dev/null || exit 101
dest=$1 ignored=$2 modules=$3
shift 3
if [ ! -e "$dest/.git" ]; then
  if [ ! -e "$dest" ] || { [ -d "$dest" ] && [ -z "$(ls -A "$dest")" ]; }; then exit 102; fi
  exit 103
fi
"$@" rev-parse --git-dir >/dev/null || exit
"$@" rev-parse -q --verify HEAD || echo
"$@" config --get remote.origin.url || echo
"$@" rev-list --count HEAD --branches --not --remotes --tags --glob=refs/coxswain 2>/dev/null || echo
"$@" status --porcelain=v2 --untracked-files=no "--ignore-submodules=$ignored"
s=$?
if [ -n "$modules" ]; then
  echo '=== submodules ==='
  "$@" submodule status --recursive
  # shellcheck disable=SC2016 # git expands it
  "$@" submodule -q foreach --recursive '[ "$(git rev-list --count HEAD --not --remotes --tags)" = 0 ] || echo "A $displaypath"'
  s=$?
fi
echo '=== begun ==='
b=$("$@" rev-parse --absolute-git-dir)/coxswain-begun
if [ -f "$b" ]; then cat "$b"; fi
exit "$s"
