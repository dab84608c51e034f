/** The shell script that writes a file. Pure. */
import type { FileOperation } from '../connection/types.ts'
import type { Attributes } from './files.ts'
import { followLink, invalidContent, refuseUnlessRegular } from './kinds.ts'
import { receivingPart, removeParts, sizeMustBe } from './part-script.ts'
import { quote } from './quote.ts'

/** Owner and group as `chown` takes them: each as told, else as the file `$f` has it, else left alone. */
const ownership = ({ owner, group }: Attributes): string[] => {
  const part = (told: string | undefined, format: string): string =>
    told === undefined ? `$(stat -c ${format} -- "$f")` : quote(told)
  const fresh = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  return [
    `if [ -e "$f" ]; then o=${part(owner, '%u')}; g=${part(group, '%g')}; o=$o:$g; else o=${quote(fresh)}; fi`,
  ]
}

/** The mode: as told, else as the file `$f` has it, else readable for all. */
const mode = ({ mode: told }: Attributes): string[] => [
  told === undefined ? 'if [ -e "$f" ]; then m=$(stat -c %a -- "$f"); else m=0644; fi' : `m=${quote(told)}`,
]

/**
 * Puts the content of `$t` into `$f` where it stands. What is in it meanwhile is for nobody else to see: neither the
 * old content under a new mode, nor the new one under the old.
 */
const inPlace = [
  'if [ -n "$o" ]; then chown "$o" "$f"; fi',
  'if [ "$(stat -c %a -- "$f")" != "${m#0}" ]; then chmod 0600 "$f"; fi',
  'cat <"$t" >"$f"',
  'chmod "$m" "$f"',
  'sync -- "$f" 2>/dev/null || sync',
].join('; ')

/**
 * Moves `$t` over `$f`. Where something is mounted on `$f` the system refuses that (EBUSY, EXDEV), and it is written in
 * place: the content is whole by then and beside it, but whoever reads just now may see half of it.
 */
const replace = [
  // in an `if`, so that `set -e` lets us read what it says
  'if e=$(mv -f -- "$t" "$f" 2>&1); then :; else',
  `case $e in *'esource busy'|*'ross-device link') ${inPlace};; *) printf '%s\\n' "$e" >&2; exit 1;; esac; fi`,
].join(' ')

/**
 * What else a file has is kept: extended attributes, SELinux context, and its ACL, which is a part of the mode and goes
 * where another mode is told. busybox's cp cannot do it, and says so to nobody.
 */
const keepTheRest = ({ mode: told }: Attributes): string => {
  const others = `timestamps,ownership${told === undefined ? '' : ',mode'}`
  return `if [ -e "$f" ]; then cp --attributes-only --preserve=all --no-preserve=${others} -- "$f" "$t" 2>/dev/null || :; fi`
}

/** Lets a command see the new content before it counts. */
const validating = (command: string): string[] => [
  `if e=$({ ${command.replace('%s', () => '"$t"')}; } </dev/null 2>&1); then :; else ` +
    `printf '%s\\n' "$e" >&2; exit ${invalidContent}; fi`,
]

/** A copy of what is replaced, with all its attributes; a name that ends with ~ is one that tools pass over. */
const backingUp = ['if [ -e "$f" ]; then cp -p -- "$f" "$f.$(date -u +%Y-%m-%dT%H:%M:%SZ)~"; fi']

/** Sets `$t` to a file beside `$f` that holds what comes on standard input; it goes when the script ends. */
const receiving = (size: number): string[] => [
  // mktemp makes it 0600, and so it stays until it is whole and has its owner
  't=$(mktemp "$d/.coxswain.XXXXXX")',
  `trap 'rm -f -- "$t"' EXIT`,
  `trap 'exit 143' HUP INT TERM`,
  'cat >"$t"',
  // a connection that drops ends the input early: what came must be whole before it may replace anything
  sizeMustBe(size),
]

/**
 * A script that writes its standard input into a file.
 *
 * @param size bytes that will come.
 */
export const writeScript = (
  { part, ...operation }: Extract<FileOperation, { kind: 'write' }>,
  size: number,
): string =>
  [
    'set -e',
    `f=${quote(operation.path)}`,
    // a link stays a link: what it points to is replaced
    followLink,
    `if [ -e "$f" ]; then ${refuseUnlessRegular}; fi`,
    ...ownership(operation),
    ...mode(operation),
    'd=$(dirname -- "$f")',
    'umask 077',
    ...(part === undefined ? receiving(size) : receivingPart(part, size)),
    keepTheRest(operation),
    // chown first: it clears set-user-id bits that chmod then sets
    'if [ -n "$o" ]; then chown "$o" "$t"; fi',
    'chmod "$m" "$t"',
    ...(operation.validate === undefined ? [] : validating(operation.validate)),
    ...(operation.backup === true ? backingUp : []),
    'sync -- "$t" 2>/dev/null || sync',
    replace,
    ...(part === undefined ? [] : [removeParts(part)]),
  ].join('\n')
