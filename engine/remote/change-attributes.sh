# change NAME...: sets owner and mode of these files and folders in the current folder. It needs enter-folder.sh, kinds.sh and
# stage.sh, $who and $mode.
#
# It skips links. If other users can change the folder, each file first gets a second name (a hard link) in a folder of ours,
# where no one else can replace it.
# shellcheck disable=SC2154 # the files that include this one set them
. ./folder-attributes.sh

folders() {
  for n do
    if [ -d "./$n" ] && [ ! -L "./$n" ]; then ( step "$n"; folder_attributes ); fi
  done
}
own() {
  [ "$#" -gt 0 ] || return 0
  if [ -n "$mode" ]; then
    if [ -n "$who" ]; then chown "$who" -- "$@"; fi
    # chown clears set-user-id bits, so the mode is set after it; of five digits GNU's chmod takes each as it is
    case $mode in ?????) chmod "$mode" -- "$@" ;; *) chmod "0$mode" -- "$@" ;; esac
  elif [ -n "$who" ]; then
    for q do
      m=$(stat -c %a -- "$q")
      chown "$who" "$q"
      chmod "00$m" "$q"
    done
  fi
}
files() {
  c=$#
  for n do
    # each that is a file goes to the end, and those that were here in the beginning go
    if [ -L "./$n" ] || [ -d "./$n" ]; then :; else set -- "$@" "./$n"; fi
  done
  shift "$c"
  [ "$#" -gt 0 ] || return 0
  if [ -n "$safe" ]; then own "$@"; return; fi
  y=$u
  stage
  c=$#
  for n do
    ln -- "../$n" ./new/
    n=new/${n#./}
    see
    case $k in symbolic*) fail 1 "$n was changed by others while it was looked at" ;; esac
    [ "$h" -le 2 ] || { [ "$o" = "$y" ] && ! trusted "$y"; } ||
      fail 6 "$n has other names: it is a hard link to a file that may be elsewhere"
    set -- "$@" "./$n"
  done
  shift "$c"
  own "$@"
}
change() { folders "$@"; files "$@"; }
