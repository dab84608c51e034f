# Prints the folder of a path, from its end on, that users other than root can change, or replace from the folder above; nothing
# if there is none.
#
# $1 the path of a folder

d=$1
for d in "$d" "$(cd -P -- "$d" && pwd -P)"; do
  last=1
  while :; do
    # shellcheck disable=SC2046,SC2015 # owner and mode are two words; whatever fails, the folder is printed
    set -- $(stat -c '%u %a' -- "$d") && [ "$1" = 0 ] || { echo "$d"; exit; }
    if [ ! -L "$d" ]; then
      # above the last folder, the sticky bit protects what is in it
      case $last$2 in 0[1357]???) ;; *[2367]? | *[2367]) echo "$d"; exit ;; esac
    fi
    last=0
    [ "$d" != / ] || break
    d=${d%/*}
    d=${d:-/}
  done
done
