# Gives one user's files, folders and links in a folder, and the folder itself, to another user, on the same file system.
#
# A user who controls a folder can put a link, a hard link or another user's file in the place of any name. So a folder is
# entered before its owner is checked, and everything else gets a second name in a folder of ours before.
#
# $1 user ID of the owner, $2 of the new owner, $3... as enter takes them
set -e
. ./enter-folder.sh
. ./stage.sh

from=$1 to=$2
shift 2

own() {
  for q do
    s=$(stat -c '%u %a %F' -- "$q") || exit 1
    [ "${s%% *}" = "$from" ] || continue
    chown -h "$to" -- "$q" || exit 1
    # chown takes set-user-id and set-group-id away
    case $s in *' symbolic'*) ;; *) s=${s#* }; chmod "00${s%% *}" -- "$q" || exit 1 ;; esac
  done
}
give() {
  set --
  for e in ./* ./.[!.]* ./..?*; do
    if [ -d "$e" ] && [ ! -L "$e" ]; then
      ( step "${e#./}"; [ "$(stat -c %d .)" != "$disk" ] || give ) || exit
    elif [ "$(stat -c %u -- "$e" 2>/dev/null)" = "$from" ]; then set -- "$@" "$e"
    fi
  done
  look
  if [ "$u" = "$from" ]; then chown "$to" . || exit; chmod "00$a" . || exit; fi
  [ "$#" -gt 0 ] || return 0
  if [ -n "$safe" ]; then own "$@"
  else
    (
      stage
      for e do ln -- "../${e#./}" ./new/ 2>/dev/null || { [ ! -e "../$e" ] && [ ! -L "../$e" ]; } || moved "$e"; done
      for e in ./new/* ./new/.[!.]* ./new/..?*; do
        if [ -e "$e" ] || [ -L "$e" ]; then own "$e"; fi
      done
    ) || exit
  fi
}

enter "$@"
disk=$(stat -c %d .)
give
