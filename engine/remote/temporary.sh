# Functions for scripts whose current folder is the one for temporary files:
#
# - `fresh` creates a temporary file, or with `-d` a folder, and prints its name. The name contains the host and process ID of
#   the shell.
# - `marking NAME STAT`, called in a folder that `fresh` made, sets `$mark` to the name of the empty folder that marks it as
#   ours. `STAT` is the output of `stat -c ...%i .`.
# - `sweep` removes leftovers of the acting user: those of a shell of this host that no longer runs (it was killed, or the
#   host lost power), and those of any shell that are older than a day. Without leftovers it starts no process.
#
# Name and owner prove nothing: a user who controls a folder can rename root's files and folders in it to our names, but cannot
# empty such a folder. So files are removed: that user could have removed them as well. A folder is removed only if it
# contains its mark, which has the folder's name and inode number, and nothing but what we put into such folders: no one else
# can write into one. It is emptied from inside, so that no other folder can be put in its place meanwhile.

fresh() { mktemp "$@" "./.coxswain.$(uname -n).$$.XXXXXX"; }
marking() { mark=${1#./}.${2##*[ :]}; }
# strip: removes what a folder of ours holds, which is the current one; the mark goes last
strip() {
  rm -rf -- ./new ./old ./script "./$mark" 2>/dev/null || {
    find ./new -type d ! -perm -700 -exec chmod u+rwx {} \;
    rm -rf -- ./new ./old ./script "./$mark"
  }
}
# raze NAME: removes a folder of the current one, if it is ours or empty; to be called in a subshell
raze() {
  i=$(stat -c %d:%i .)
  cd -P -- "$1" 2>/dev/null || return 0
  s=$(stat -c '%u %a %d:%i' . ..)
  case $s in "$(id -u) "*700\ *"
"*" $i") ;; *) return 0 ;; esac
  marking "$1" "${s%%
*}"
  if [ -d "./$mark" ] && [ ! -L "./$mark" ]; then
    for e in ./* ./.[!.]* ./..?*; do
      case $e in ./new | ./old | ./script | "./$mark") continue ;; esac
      if [ -e "$e" ] || [ -L "$e" ]; then return 0; fi
    done
    strip
  fi
  cd -P .. && rmdir -- "$1" 2>/dev/null
}
sweep() {
  set -- ./.coxswain.*
  [ -e "$1" ] || [ -L "$1" ] || return 0
  for left do
    { [ -O "$left" ] && [ ! -L "$left" ]; } || continue
    case $left in
    ./.coxswain."$(uname -n)".*[0-9].??????)
      by=${left%.??????}
      if kill -0 "${by##*.}" 2>/dev/null; then continue; fi ;;
    *) [ -n "$(find "$left" -prune -mtime +0)" ] || continue ;;
    esac
    if [ -d "$left" ]; then ( raze "$left" ) || :; else rm -f -- "$left" 2>/dev/null || :; fi
  done
}
