/** The shell script that writes a file. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { exactMode } from './mode-script.ts'
import { enterFolderOf, stageFunctions } from './enter-script.ts'
import type { Attributes } from './attributes.ts'
import { invalidContent, kindFunctions, noContent, otherContent } from './kinds.ts'
import { receivingPart, removeParts, sizeMustBe } from './part-script.ts'
import { placeScript } from './place-script.ts'
import { quote } from './quote.ts'

type Write = Extract<FileOperation, { kind: 'write' }>

/** Sets `$w` to owner and group as `chown` takes them: each as given, else as the file that is there has it. */
const ownership = ({ owner, group }: Attributes): string => {
  const fresh = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  const [o, g] = [owner === undefined ? '$o' : quote(owner), group === undefined ? '$g' : quote(group)]
  return `if [ -n "$k" ]; then w=${o}:${g}; else w=${quote(fresh)}; fi`
}

/**
 * Sets `$m` to the mode: as given, else as the file that is there has it, else readable for all. Where others can change
 * the folder, a second name of a program of root's could be there: its special bits are not passed on.
 */
const mode = ({ mode: given }: Attributes): string =>
  given === undefined
    ? 'case "$k $safe $h" in " "*) m=00644 ;; *" 1 "* | *" 1") m=0$m ;; *) m=0${m#"${m%???}"} ;; esac'
    : `m=${exactMode(given)}`

/**
 * Puts the content of `$t` into `$q` where it is. What is in it meanwhile is for no one else to see: neither the old
 * content under a new mode, nor the new one under the old.
 */
const inPlace = [
  'if [ -n "$w" ]; then chown "$w" "$q"; fi',
  'if [ "$(stat -c %a -- "$q")" != "${m#0}" ]; then chmod 00600 "$q"; fi',
  'cat <"$t" >"$q"',
  'chmod "$m" "$q"',
  'sync -- "$q" 2>/dev/null || sync',
].join('; ')

/**
 * Moves `$t` over the file. Where something is mounted on it the system refuses that (EBUSY, EXDEV), and it is written in
 * place: the content is complete by then and beside it, but whoever reads just now may see half of it.
 */
const replace = [
  // in an `if`, so that `set -e` lets us read what it says
  'if e=$(mv -f -- "$t" "$z" 2>&1); then :; else',
  `case $e in *'esource busy'|*'ross-device link') ${inPlace};; *) printf '%s\\n' "$e" >&2; exit 1;; esac; fi`,
].join(' ')

/**
 * What else a file has is kept: extended attributes, SELinux context, and its ACL, which is a part of the mode and goes
 * where another mode is given. busybox's cp cannot do it, and says so.
 */
const keepTheRest = ({ mode: given }: Attributes): string => {
  const others = `timestamps,ownership${given === undefined ? '' : ',mode'}`
  return `if [ -n "$k" ]; then cp --attributes-only --preserve=all --no-preserve=${others} -- "$b" "$t" 2>/dev/null || :; fi`
}

/** Lets a command see the new content before it counts. */
const validating = (command: string): string =>
  `if e=$({ ${command.replace('%s', () => '"$v"')}; } </dev/null 2>&1); then :; else ` +
  `printf '%s\\n' "$e" >&2; exit ${invalidContent}; fi`

/**
 * A copy of what is replaced, with all its attributes; a name that ends with ~ is one that tools pass over. It takes a name
 * that is free: two writes within a second must not leave only the second one's copy.
 */
const backingUp = String.raw`
taken() { [ -e "$1" ] || [ -L "$1" ]; }
# copied NAME: makes the copy, unless something has the name
copied() {
  if [ -n "$safe" ]; then
    ! taken "./$1" || return 1
    # the name is taken by making the file: another write of ours may look for one now
    ( set -C; : >"./$1" ) 2>/dev/null || { ! taken "./$1" || return 1; : >"./$1"; }
    cp -p -- "$b" "./$1" || { rm -f -- "./$1"; exit 1; }
  else
    ! taken "../$1" || return 1
    cp -pP -- "$b" "./new/$1" || exit 1
    mv -n -- "./new/$1" .. || taken "../$1" || exit 1
    if taken "./new/$1"; then rm -f -- "./new/$1"; return 1; fi
  fi
}
if [ -n "$k" ]; then
  y=$n.$(date -u +%Y-%m-%dT%H:%M:%SZ) c=1
  until copied "$y$([ "$c" = 1 ] || printf .%s "$c")~"; do c=$((c + 1)); done
fi`

/**
 * Where the new content is made: `$t` is its name, `$v` its path, `$q` the file that it replaces, `$z` where it is moved
 * to, and `$b` the file that is there, by a name that nobody can give to another.
 */
const placing = (part: string | undefined): string => {
  const draft = part === undefined ? '$(fresh)' : `./${quote(part)}`
  const staged = part === undefined ? './new/$n' : `./new/${quote(part)}`
  return String.raw`
if [ -n "$safe" ]; then
  t=${draft}
  v=$(here "${'$'}{t#./}") q=./$n z=./$n b=./$n
else
  stage
  t=${staged} v=$PWD/new/$n q=../$n z=.. b=./old
  # a second name of the file, as it is now. Where there can be none, as for what is mounted, nobody can swap it either
  if [ -n "$k" ]; then
    if ln -- "../$n" ./old 2>/dev/null; then z=$n n=old; see; regular; n=$z z=.. h=$((h - 1)); else b=../$n; fi
  fi
fi`
}

/** Lets `$t` hold what comes on standard input, or what a command prints. */
const receiving = (
  { command, at, sha256 }: Pick<Write, 'command' | 'at' | 'sha256'>,
  size: number,
): string[] => [
  `if [ -n "$safe" ]; then trap 'trap "" HUP INT TERM PIPE; rm -f -- "$t"' EXIT; trap 'exit 143' HUP INT TERM PIPE; fi`,
  ...(command === undefined
    ? // a connection that drops ends the input early: what came must be complete before it may replace anything
      ['cat >"$t"', sizeMustBe(size)]
    : [`if ( set +e; ${placeScript(at, command)}\n) >"$t"; then :; else exit ${noContent}; fi`]),
  ...(sha256 === undefined
    ? []
    : [`s=$(sha256sum <"$t"); s=\${s%% *}; [ "$s" = ${quote(sha256)} ] || fail ${otherContent} "$s"`]),
]

/**
 * A script that writes its standard input into a file.
 *
 * @param size bytes that will come.
 */
export const writeScript = ({ part, ...operation }: Write, size: number): string =>
  [
    'set -e',
    enterFolderOf(operation.path, operation),
    kindFunctions,
    stageFunctions,
    // a link stays a link: what it points to is replaced
    'end; see; [ -z "$k" ] || regular',
    // a part that is gone on with can be older than what is swept away
    part === undefined ? 'umask 077; sweep' : 'umask 077',
    placing(part?.name),
    ...(part === undefined ? receiving(operation, size) : receivingPart(part, size)),
    ownership(operation),
    mode(operation),
    keepTheRest(operation),
    // chown first: it clears set-user-id bits that chmod then sets
    'if [ -n "$w" ]; then chown "$w" "$t"; fi',
    'chmod "$m" "$t"',
    ...(operation.validate === undefined ? [] : [validating(operation.validate)]),
    ...(operation.backup === true ? [backingUp] : []),
    'sync -- "$t" 2>/dev/null || sync',
    replace,
    ...(part === undefined ? [] : [removeParts(part)]),
  ].join('\n')
