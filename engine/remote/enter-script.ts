/**
 * Shell functions that enter a folder without following links of other people, and that stage what is written there. Pure.
 *
 * Who may write into a folder decides what every name in it means, from one system call to the next. So a path is never
 * used twice. A script makes the folder its current one, checks where it arrived, and from then on uses plain names in it:
 * a current directory is an open descriptor, which nobody can swap.
 *
 * - A folder is *closed* when only root and the acting user can change what is in it.
 * - In a closed folder a link of root or of the acting user is followed. Any other link is followed only to what belongs to
 *   whoever controls the link: the owner of the folder that it is in, or, in a folder with the sticky bit, its own owner.
 * - Where a folder is not closed, new content gets owner and mode in a folder of its own in it, which nobody else can enter,
 *   and takes its place by one rename. An existing file is given a second name there before its owner or mode is
 *   changed, so that what is changed is what was looked at.
 */
import { posix } from 'node:path'
import { deadLink, foreignLink } from './kinds.ts'
import { quote } from './quote.ts'
import { temporaryFunctions } from './temporary.ts'

/** How a script enters the folder of a path. */
export interface Entering {
  /** Follow links whoever controls them. */
  readonly follow?: boolean | undefined
  /** Make folders that are missing. */
  readonly make?: boolean | undefined
  /** Shell text that ends the script where it would make a folder. */
  readonly instead?: string | undefined
  /** Exit status where a folder on the way is missing. */
  readonly missing?: number | undefined
}

/** Who may change a folder, and where a link of it leads. */
const looking = String.raw`
LF='
'
fail() { printf '%s\n' "$2" >&2; exit "$1"; }
here() { printf '%s/%s' "${'$'}{PWD%/}" "$1"; }
trusted() { [ "$1" = 0 ] || [ "$1" = "${'$'}{me:=$(id -u)}" ]; }
# closed UID MODE: whether only root and we can change what is in a folder of this owner and mode
closed() { trusted "$1" && case $2 in *[2367]? | *[2367]) return 1 ;; esac; }
sticky() { case $1 in [1357]???) ;; *) return 1 ;; esac; }
# judge UID MODE: notes owner, mode and safety of the current folder
judge() { u=$1 a=$2 safe= kept=; if closed "$1" "$2"; then safe=1 kept=1; elif trusted "$1" && sticky "$2"; then kept=1; fi; }
# look: the same, from the folder itself
look() { i=$(stat -c '%u %a' .) || exit 1; judge "${'$'}{i% *}" "${'$'}{i#* }"; }
moved() { fail 1 "$(here "$1") was changed by others while it was looked at"; }
swapped() { fail 1 "$PWD was changed by others while it was entered"; }
refuse() {
  fail ${foreignLink} "$(here "$1") is a link that others than root control ($(stat -c %U -- "./$1" 2>/dev/null)), and it leads to what is not theirs"
}
# hop NAME: sets $p to where a link of the current folder leads, and $c to who must own that place, where we trust nobody
hop() {
  look
  o=$(stat -c %u -- "./$1" 2>/dev/null) || moved "$1"
  p=$(readlink -- "./$1" && echo .) || moved "$1"
  p=${'$'}{p%??} c=
  [ -z "$free" ] || return 0
  if [ -n "$kept" ]; then trusted "$o" || c=$o
  elif trusted "$u"; then refuse "$1"
  else case $a in *[2367]) refuse "$1" ;; esac; c=$u
  fi
}
`

/** From folder to folder. */
const walking = String.raw`
# gone STATUS WORDS: ends the script where there is no such folder; who only reads does not need the words
gone() { [ "$none" = 1 ] || exit "$none"; fail "$1" "$2"; }
missing() { [ -z "$lost" ] || gone ${deadLink} "$lost"; gone 1 "No such file or directory: $(here "$1")"; }
# step NAME: enters a folder of the current one
step() {
  if [ -L "./$1" ]; then
    hops=$((hops + 1)); [ "$hops" -le 40 ] || gone ${deadLink} "$(here "$1") is a link that leads to itself: it leads nowhere"
    hop "$1"
    set -- "$1" "$p" "$c"
    walk "$2"
    [ -z "$3" ] || [ "$(stat -c %u .)" = "$3" ] || fail ${foreignLink} "$PWD is reached through the link $1, which others than root control, and is not theirs"
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
  case $1 in /*) cd -P / ;; esac
  set -- "$1"
  while [ -n "$1" ]; do
    case $1 in
    */*) set -- "${'$'}{1#*/}" "${'$'}{1%%/*}" ;;
    *) set -- '' "$1" ;;
    esac
    case $2 in '' | .) ;; ..) cd -P .. ;; *) step "$2" ;; esac
  done
}
# go FOLDER...: enters the last of the folders that are the way to it; one stat tells whether others can change any of them
go() {
  t=1
  if s=$(stat -c '%u %a %F' -- "$@" 2>/dev/null); then
    IFS=$LF
    for l in $s; do
      u=${'$'}{l%% *} l=${'$'}{l#* } a=${'$'}{l%% *}
      [ "${'$'}{l#* }" = directory ] && { closed "$u" "$a" || { trusted "$u" && sticky "$a"; }; } || t=
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
    [ "$k" -le 40 ] || gone ${deadLink} "$lost"
    set -- "$p" "$c" "$n"
    while :; do case $1 in ?*/) set -- "${'$'}{1%/}" "$2" "$3" ;; *) break ;; esac; done
    case ${'$'}{1##*/} in
    '' | . | ..) walk "$1"; n=. ;;
    *) case $1 in */*) walk "${'$'}{1%/*}/" ;; esac; n=${'$'}{1##*/} ;;
    esac
    lost=
    look
    [ -z "$2" ] || [ "$u" = "$2" ] || case "$safe $(stat -c '%u %h %F' -- "./$n" 2>/dev/null)" in
    "1 $2 1 regular"* | "1 $2 "*" directory") ;;
    *) fail ${foreignLink} "$f leads through the link $3, which others than root control, to what is not theirs" ;;
    esac
  done
}
`

/** A folder in the current one that nobody else can enter. */
const staging = String.raw`
# stage: enters a new folder in the current one; what is in it is removed at the end
stage() {
  : "${'$'}{me:=$(id -u)}"
  i=$(stat -c %d:%i .)
  staged= x=$(fresh -d) || exit 1
  x=${'$'}{x#./}
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
  marking "$x" "${'$'}{s%%"$LF"*}"
  mkdir new "./$mark"
}
# tidy: removes the stage, which is the current folder. By its name an empty folder goes, and nothing else
tidy() {
  [ -z "$staged" ] || strip
  cd -P .. && rmdir -- "./$x" 2>/dev/null || :
}
`

/** Comments are for who reads this file: a host gets none. */
const withoutComments = (text: string): string => text.replaceAll(/^\s*#.*\n/gm, '')

const functions = withoutComments(`${looking}${walking}`)

/** Shell functions for scripts that enter folders by themselves. */
export const enterFunctions = functions

/** Folders of a path from `/` on; undefined where a name in it is `.` or `..`, which only the host can resolve. */
const foldersOf = (path: string): string[] | undefined => {
  const names = path.split('/').filter((name) => name !== '')
  if (names.some((name) => name === '.' || name === '..')) return undefined
  return ['/', ...names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)]
}

/**
 * Shell text that makes the folder of a path the current one and sets `$n` to the name in it. `$safe` is set where the
 * folder is closed, `$kept` where others cannot change what is ours in it.
 */
export const enterFolderOf = (path: string, how: Entering = {}): string => {
  const plain = path.replace(/\/+$/, '')
  const last = posix.basename(plain)
  const isName = last !== '' && last !== '.' && last !== '..'
  return isName ? entering({ path, folder: posix.dirname(plain), name: last }, how) : enterFolder(path, how)
}

/** Shell text that makes the folder at a path the current one, as {@link enterFolderOf} does; `$n` is `.` then. */
export const enterFolder = (path: string, how: Entering = {}): string =>
  entering({ path, folder: path.replace(/\/+$/, '') || '/', name: '.' }, how)

/** What a script does about folders that are missing, as `$make` says it. */
const made = ({ make, instead }: Entering): string =>
  instead !== undefined ? 'instead' : make === true ? '1' : ''

const entering = (
  { path, folder, name }: { path: string; folder: string; name: string },
  how: Entering,
): string => {
  const folders = foldersOf(folder)
  return [
    functions,
    ...(how.instead === undefined ? [] : [`instead() { ${how.instead}; exit; }`]),
    `me= free=${how.follow === true ? '1' : ''} make=${made(how)} none=${how.missing ?? 1} lost= hops=0`,
    `f=${quote(path)}`,
    `n=${quote(name)}`,
    folders === undefined ? `walk ${quote(folder)}; look` : `go ${folders.map(quote).join(' ')}`,
  ].join('\n')
}

/** Shell functions `stage` and `tidy`, `fresh` for a temporary file, and `sweep` for what earlier runs have left. */
export const stageFunctions = withoutComments(temporaryFunctions + staging)
