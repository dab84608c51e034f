/** Shell text that tells what is at a path, when it is no regular file. Pure. */

/** Exit status of a script when something else than it needs is at the path. */
export const inTheWay = 6

/** Exit status of a script when it came upon a link that leads nowhere. */
export const deadLink = 7

/** Exit status of a script when it came upon a link that others control and that it does not follow. */
export const foreignLink = 9

/** Exit status of a script when the command that makes a file's content failed. */
export const noContent = 10

/** Exit status of a script when a command printed something else than was announced; it prints the SHA-256. */
export const otherContent = 11

/** Exit status of a script when a file's new content was found wrong. */
export const invalidContent = 8

/** Exit status of a script when it came upon what it takes only when asked for. */
export const notAskedFor = 12

/** Shell functions that tell what is at `$n` in the current folder. */
export const kindFunctions = String.raw`
# see: notes owner, group, mode, links and kind of what is at $n, all from one look; nothing where there is nothing
see() {
  o= g= m= h= k=
  s=$(stat -c '%u %g %a %h %F' -- "./$n" 2>/dev/null) || return 0
  o=${'$'}{s%% *} s=${'$'}{s#* } g=${'$'}{s%% *} s=${'$'}{s#* } m=${'$'}{s%% *} s=${'$'}{s#* } h=${'$'}{s%% *} k=${'$'}{s#* }
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
  fail ${inTheWay} "$(here "$n") is $k, no regular file"
}
`
