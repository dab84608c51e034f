# Functions that enter a folder without following links of other users.
#
# A user who can write into a folder can change what every name in it refers to, between any two system calls. So a path is
# never used twice. A script changes into the folder, checks where it is, and from then on uses plain names in it: a current
# directory is an open descriptor, which no one can replace.
#
# - A folder is *closed* if only root and the acting user can change its entries.
# - In a closed folder, links owned by root or the acting user are followed. Any other link is followed only to files owned by
#   the user who controls the link: the owner of its folder or, in a folder with the sticky bit, the owner of the link.
#
# Exit statuses: 7 a link leads nowhere, 9 a link that others control, 4 a folder that cannot be searched, 1 the rest.
# shellcheck disable=SC1007,SC2034 # nothing after = is meant; the files that include this one read what it sets

LF='
'
fail() { printf '%s\n' "$2" >&2; exit "$1"; }
here() { printf '%s/%s' "${PWD%/}" "$1"; }
trusted() { [ "$1" = 0 ] || [ "$1" = "${me:=$(id -u)}" ]; }
# closed UID MODE: whether only root and we can change what is in a folder of this owner and mode
closed() { trusted "$1" && case $2 in *[2367]? | *[2367]) return 1 ;; esac; }
sticky() { case $1 in [1357]???) ;; *) return 1 ;; esac; }
# judge UID MODE: notes owner, mode and safety of the current folder
judge() { u=$1 a=$2 safe= kept=; if closed "$1" "$2"; then safe=1 kept=1; elif trusted "$1" && sticky "$2"; then kept=1; fi; }
# look: the same, from the folder itself
look() { i=$(stat -c '%u %a' .) || exit 1; judge "${i% *}" "${i#* }"; }
moved() { fail 1 "$(here "$1") was changed by others while it was looked at"; }
swapped() { fail 1 "$PWD was changed by others while it was entered"; }
refuse() {
  fail 9 "$(here "$1") is a link that others than root control ($(stat -c %U -- "./$1" 2>/dev/null)), and it leads to a path of another user"
}
# hop NAME: sets $p to where a link of the current folder leads, and $c to who must own that place, where we trust no one
hop() {
  look
  o=$(stat -c %u -- "./$1" 2>/dev/null) || moved "$1"
  p=$(readlink -- "./$1" && echo .) || moved "$1"
  p=${p%??} c=
  [ -z "$free" ] || return 0
  if [ -n "$kept" ]; then trusted "$o" || c=$o
  elif trusted "$u"; then refuse "$1"
  else case $a in *[2367]) refuse "$1" ;; esac; c=$u
  fi
}
# gone STATUS WORDS: ends the script where there is no such folder; who only reads does not need the words
gone() { [ "$none" = 1 ] || exit "$none"; fail "$1" "$2"; }
missing() { [ -z "$lost" ] || gone 7 "$lost"; gone 1 "No such file or directory: $(here "$1")"; }
# step NAME: enters a folder of the current one
step() {
  if [ -L "./$1" ]; then
    hops=$((hops + 1)); [ "$hops" -le 40 ] || gone 7 "$(here "$1") is a link that leads to itself: it leads nowhere"
    hop "$1"
    set -- "$1" "$p" "$c"
    walk "$2"
    [ -z "$3" ] || [ "$(stat -c %u .)" = "$3" ] || fail 9 "$PWD is reached through the link $1, which others than root control, and is not theirs"
    return 0
  fi
  if [ ! -e "./$1" ]; then
    case $make in '') missing "$1" ;; instead) instead ;; esac
    mkdir -- "./$1" 2>/dev/null || [ -d "./$1" ] || mkdir -- "./$1" || exit 1
  fi
  [ -d "./$1" ] || gone 1 "Not a directory: $(here "$1")"
  [ -x "./$1" ] || fail 4 "Permission denied: $(here "$1")"
  set -- "$1" "$(stat -c %d:%i -- "./$1" 2>/dev/null)"
  cd -P -- "./$1" 2>/dev/null || moved "$1"
  [ "$(stat -c %d:%i .)" = "$2" ] || swapped
}
# walk PATH: enters one folder of the path after the other
walk() {
  case $1 in /*) cd -P / || exit ;; esac
  set -- "$1"
  while [ -n "$1" ]; do
    case $1 in
    */*) set -- "${1#*/}" "${1%%/*}" ;;
    *) set -- '' "$1" ;;
    esac
    case $2 in '' | .) ;; ..) cd -P .. || exit ;; *) step "$2" ;; esac
  done
}
# go FOLDER...: enters the last of the folders that are the way to it; one stat tells whether others can change any of them
go() {
  t=1
  if s=$(stat -c '%u %a %F' -- "$@" 2>/dev/null); then
    IFS=$LF
    for l in $s; do
      u=${l%% *} l=${l#* } a=${l%% *}
      [ "${l#* }" = directory ] && { closed "$u" "$a" || { trusted "$u" && sticky "$a"; }; } || t=
    done
    unset IFS
  else t=; fi
  for d do :; done
  if [ -n "$t" ]; then cd -P -- "$d" && judge "$u" "$a" && return; fi
  walk "$d"
  look
}
# end: while $n is a link, enters the folder that it leads into
end() {
  k=0
  while [ -L "./$n" ]; do
    k=$((k + 1))
    hop "$n"
    lost="$f is a link to $(here "$n"), which leads nowhere"
    [ "$k" -gt 1 ] || lost="$f is a link to $p, which leads nowhere"
    [ "$k" -le 40 ] || gone 7 "$lost"
    set -- "$p" "$c" "$n"
    while :; do case $1 in ?*/) set -- "${1%/}" "$2" "$3" ;; *) break ;; esac; done
    case ${1##*/} in
    '' | . | ..) walk "$1"; n=. ;;
    *) case $1 in */*) walk "${1%/*}/" ;; esac; n=${1##*/} ;;
    esac
    lost=
    look
    [ -z "$2" ] || [ "$u" = "$2" ] || case "$safe $(stat -c '%u %h %F' -- "./$n" 2>/dev/null)" in
    "1 $2 1 regular"* | "1 $2 "*" directory") ;;
    *) fail 9 "$f leads through the link $3, which others than root control, to a path of another user" ;;
    esac
  done
}
# enter PATH NAME FOLLOW MAKE MISSING HOW FOLDER...: changes into the folder of a path and sets $n to the last name. $safe is
# set if the folder is closed, $kept if others cannot change our files in it.
#   PATH     the complete path, for messages
#   FOLLOW   1: follow links, no matter who controls them
#   MAKE     1: create missing folders; instead: call the function of that name instead of creating a folder
#   MISSING  exit status if a folder of the path is missing
#   HOW      go: FOLDER... are the folders of the path, from / on; via: FOLDER is a path that contains . or ..
enter() {
  f=$1 n=$2 me= free=$3 make=$4 none=$5 lost= hops=0
  shift 5
  "$@"
}
via() { walk "$1"; look; }
