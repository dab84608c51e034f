# A temporary subfolder of the current folder that no one else can enter. It needs enter-folder.sh.
#
# If a folder is not closed, new content gets its owner and mode in such a subfolder, and is renamed into place. An existing
# file gets a second name (a hard link) there before its owner or mode is changed, so that the file that is changed is the one
# that was checked.
# shellcheck disable=SC1007 # nothing after = is meant
. ./temporary.sh

# stage: enters a new folder in the current one; what is in it is removed at the end
stage() {
  : "${me:=$(id -u)}"
  i=$(stat -c %d:%i .)
  staged= x=$(fresh -d) || exit 1
  x=${x#./}
  # nothing may stop what tidies up
  trap 'trap "" HUP INT TERM PIPE; tidy' EXIT
  trap 'exit 143' HUP INT TERM PIPE
  cd -P -- "./$x" 2>/dev/null || swapped
  # others may have swapped it: only a new folder of ours is empty, closed, and in the folder that we come from
  s=$(stat -c '%u %a %d:%i' . ..)
  case $s in
  "$me 700 "*"$LF"*" $i" | "$me 2700 "*"$LF"*" $i") [ -z "$(ls -A .)" ] && staged=1 ;;
  esac
  [ -n "$staged" ] || swapped
  marking "$x" "${s%%"$LF"*}"
  mkdir new "./$mark"
}
# tidy: removes the stage, which is the current folder. By its name an empty folder goes, and nothing else
tidy() {
  [ -z "$staged" ] || strip
  # shellcheck disable=SC2015 # whatever fails, the status is 0
  cd -P .. && rmdir -- "./$x" 2>/dev/null || :
}
