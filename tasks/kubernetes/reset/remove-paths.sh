# Removes paths with everything in them, or only what is in them, and never anything of another file system. A folder where something is
# mounted is emptied, and stays, as does lost+found there, which fsck needs. Exits with 1 if something cannot be removed, and names it.
#
# $1 `remove`, or `empty` to keep the folders
# $2... the paths; a link to a folder is followed, then removed
. ./mounts-below.sh

what=$1 status=0
shift
for path; do
  if [ -d "$path" ]; then
    # find does not notice a folder that is mounted from the same file system
    mounts=$(mounts_below "$path")
    if [ -n "$mounts" ]; then
      printf '%s is still mounted\n' "$mounts" >&2
      status=1
      continue
    fi
    top=$(readlink -f -- "$path")
    if is_mounted "$path"; then
      find "$top" -xdev -mindepth 1 ! -path "$top/lost+found" ! -path "$top/lost+found/*" -delete || status=1
      continue
    fi
    find "$top" -xdev -mindepth 1 -delete || status=1
    [ "$what" = empty ] && continue
    if [ -h "$path" ]; then rm -f -- "$path" || status=1; else rmdir -- "$path" || status=1; fi
  elif [ "$what" = remove ]; then rm -f -- "$path" || status=1; fi
done
exit "$status"
