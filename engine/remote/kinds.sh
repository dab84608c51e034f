# Functions that find out the type of $n in the current folder.
#
# Exit status: 6 if it is not a regular file.
# shellcheck disable=SC1007,SC2034,SC2154 # nothing after = is meant; the files that include this one set $n and read the rest

# see: notes owner, group, mode, links and kind of what is at $n, all from one look; nothing where there is nothing
see() {
  o= g= m= h= k=
  s=$(stat -c '%u %g %a %h %F' -- "./$n" 2>/dev/null) || return 0
  o=${s%% *} s=${s#* } g=${s%% *} s=${s#* } m=${s%% *} s=${s#* } h=${s%% *} k=${s#* }
}
# regular: ends the script unless what was seen is a regular file
regular() {
  case $k in
  regular*) return 0 ;;
  directory) k='a directory' ;;
  fifo) k='a named pipe' ;;
  socket) k='a socket' ;;
  symbolic*) k='a link' ;;
  *) k='a device' ;;
  esac
  fail 6 "$(here "$n") is $k, no regular file"
}
