# Unmounts everything below folders, the last mounted first: a mount can hide others, which can be unmounted only after it. What is
# mounted at such a folder itself stays.
#
# $1... the folders, or links to them
#
# Prints what is still mounted.
. ./mounts-below.sh

list() { for folder; do mounts_below "$folder"; done; }

before=
# as long as something changes: what is in use by another mount can be unmounted after that one
while left=$(list "$@") && [ -n "$left" ] && [ "$left" != "$before" ]; do
  before=$left
  printf '%s\n' "$left" | while read -r path; do umount "$(printf %b "$path")" 2>/dev/null; done
done
printf '%s\n' "$left" | sed '/^$/d'
