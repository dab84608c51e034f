/** The shell text of transfers that can go on where they broke off. Pure. */
import type { FileOperation, Part } from '../connection/types.ts'
import { followLink } from './kinds.ts'
import { quote } from './quote.ts'

/** Bytes of `$t`; the script ends in words unless they are as many as were announced. */
export const sizeMustBe = (size: number): string =>
  `n=$(wc -c <"$t"); if [ "$n" -ne ${size} ]; then echo "got $n of ${size} bytes" >&2; exit 5; fi`

/**
 * Whether `$t` is a part of ours, and of nobody else who may write into the folder: its name can be guessed. What is
 * linked from elsewhere, or can be opened by others, is not; nor is a link, which stat shows open to all.
 */
const isOurs = '[ -f "$t" ] && [ "$(stat -c \'%u %a %h\' -- "$t" 2>/dev/null)" = "$(id -u) 600 1" ]'

/** A script that prints size and SHA-256 of a part; it ends with 3 when there is none that could be gone on with. */
export const partScript = ({ path, name }: Extract<FileOperation, { kind: 'part' }>): string =>
  [
    `f=${quote(path)}`,
    followLink,
    `t=$(dirname -- "$f")/${quote(name)}`,
    `{ ${isOurs}; } || exit 3`,
    // the writer of a connection that has just been lost may still be at it: both are told of the same bytes
    's=$(stat -c %s -- "$t"); h=$(head -c "$s" <"$t" | sha256sum)',
    `printf '%s %s\\n' "$s" "\${h%% *}"`,
  ].join('\n')

/**
 * Sets `$t` to the part, with what comes on standard input at its end. When the script is stopped, as it is when the
 * connection breaks, the part stays; when the script fails, it goes.
 */
export const receivingPart = ({ name, offset, sha256 }: Part, size: number): string[] => [
  `t="$d"/${quote(name)}`,
  offset === 0
    ? // made anew, and by us: not what somebody has put there
      `rm -f -- "$t"; ( set -C; : >"$t" )`
    : `if { ${isOurs}; } && [ "$(stat -c %s -- "$t")" -eq ${offset} ]; then :; else ` +
      `echo 'what had come of it is not as it was' >&2; exit 5; fi`,
  'k=',
  `trap '[ -n "$k" ] || rm -f -- "$t"' EXIT`,
  `trap 'k=1; exit 143' HUP INT TERM`,
  'cat >>"$t"',
  sizeMustBe(size),
  `s=$(sha256sum <"$t"); s=\${s%% *}; if [ "$s" != ${quote(sha256)} ]; then ` +
    `echo "what came is not what was sent: its sha256 is $s" >&2; exit 5; fi`,
]

/** Removes what is left of the part, and of transfers of other content into the same file that nobody went on with. */
export const removeParts = ({ name }: Part): string => {
  const [family] = name.match(/^\.coxswain\.[0-9a-f]+\./) ?? ['.coxswain.none.']
  return `rm -f -- "$d"/${family}*.part`
}
