/** The shell text of transfers that can go on where they broke off. Pure. */
import type { FileOperation, Part } from '../connection/types.ts'
import { enterFolderOf } from './enter-script.ts'
import { quote } from './quote.ts'

/** Bytes of `$t`; the script ends in words unless they are as many as were announced. */
export const sizeMustBe = (size: number): string =>
  `s=$(wc -c <"$t"); if [ "$s" -ne ${size} ]; then echo "got $s of ${size} bytes" >&2; exit 5; fi`

/**
 * Whether `$t` is a part of ours, and of no one else who may write into the folder: its name can be guessed. What is
 * linked from elsewhere, or can be opened by others, is not; nor is a link, which stat shows open to all.
 */
const isOurs = '[ -f "$t" ] && [ "$(stat -c \'%u %a %h\' -- "$t" 2>/dev/null)" = "$(id -u) 600 1" ]'

/** A script that prints size and SHA-256 of a part; it ends with 3 when there is none that could be gone on with. */
export const partScript = ({ path, name, follow }: Extract<FileOperation, { kind: 'part' }>): string =>
  [
    enterFolderOf(path, { missing: 3, follow }),
    'end',
    `t=./${quote(name)}`,
    `{ ${isOurs}; } || exit 3`,
    // the writer of a connection that has just been lost may still be at it: both figures are of the same bytes
    's=$(stat -c %s -- "$t"); h=$(head -c "$s" <"$t" | sha256sum)',
    `printf '%s %s\\n' "$s" "\${h%% *}"`,
  ].join('\n')

/**
 * Lets the part, `$t`, hold what comes on standard input, at its end. When the script is stopped, as it is when the
 * connection breaks, the part stays; when the script fails, it goes. Where others can change the folder, it lies in the
 * stage meanwhile.
 */
export const receivingPart = ({ name, offset, sha256 }: Part, size: number): string[] => [
  offset === 0
    ? // a new one, made by us: not what somebody has put there
      `if [ -n "$safe" ]; then rm -f -- "$t"; fi; ( set -C; : >"$t" )`
    : `[ -n "$safe" ] || mv -f -- ../${quote(name)} ./new/ 2>/dev/null || :
if { ${isOurs}; } && [ "$(stat -c %s -- "$t")" -eq ${offset} ]; then :; else
  echo 'what had come of it is not as it was' >&2; exit 5; fi`,
  String.raw`keep=
if [ -n "$safe" ]; then trap 'trap "" HUP INT TERM PIPE; [ -n "$keep" ] || rm -f -- "$t"' EXIT
else trap 'trap "" HUP INT TERM PIPE; [ -z "$keep" ] || mv -f -- "$t" ..; tidy' EXIT; fi
trap 'keep=1; exit 143' HUP INT TERM PIPE`,
  'cat >>"$t"',
  sizeMustBe(size),
  `s=$(sha256sum <"$t"); s=\${s%% *}; if [ "$s" != ${quote(sha256)} ]; then ` +
    `echo "what came is not what was sent: its sha256 is $s" >&2; exit 5; fi`,
  `if [ -z "$safe" ]; then trap 'exit 143' HUP INT TERM PIPE; mv -- "$t" "./new/$n"; t=./new/$n; fi`,
]

/** Removes what is left of the part, and of transfers of other content into the same file that were not gone on with. */
export const removeParts = ({ name }: Part): string => {
  const [family] = name.match(/^\.coxswain\.[0-9a-f]+\./) ?? ['.coxswain.none.']
  return `if [ -n "$safe" ]; then rm -f -- ./${family}*.part; else rm -f -- ../${family}*.part; fi`
}
