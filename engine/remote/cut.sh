# cut: removes $n in the current folder. It needs enter-folder.sh and stage.sh.
#
# GNU rm walks folders by descriptors. Others use paths, and a user who can change a folder below could make them remove files
# elsewhere: for these, each folder is first closed to all other users, from the top down.
# shellcheck disable=SC2154 # the files that include this one set them

# shut NAME: closes a folder of the current one, and those in it, to all other users
shut() (
  s=$(stat -c '%d:%i %F' -- "./$1")
  [ "${s#* }" = directory ] || exit 0
  cd -P -- "./$1" || exit
  [ "$(stat -c %d:%i .)" = "${s%% *}" ] || swapped
  chown "${me:=$(id -u)}" . 2>/dev/null || :
  chmod 0700 . || exit
  for e in ./* ./.[!.]* ./..?*; do
    if [ -d "$e" ] && [ ! -L "$e" ]; then shut "${e#./}" || exit; fi
  done
)
cut() {
  case $(rm --version 2>/dev/null) in
  *GNU*) rm -rf -- "./$n" ;;
  *)
    if [ ! -d "./$n" ] || [ -L "./$n" ]; then rm -f -- "./$n"
    elif [ -n "$safe" ]; then shut "$n"; rm -rf -- "./$n"
    else stage; mv -f -- "../$n" ./new/; ( cd new && shut "$n" )
    fi
  esac
}
