/** Checksums of files: how they are written, and how they are found in a list of sums. Pure. */
import { CoxswainError, z } from '../../../engine/index.ts'

/** The digits of each checksum, as md5sum and its siblings print them. */
const digits = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 } as const

/** A kind of checksum. */
export type SumKind = keyof typeof digits

const isKind = (word: string): word is SumKind => Object.hasOwn(digits, word)

/** A checksum, or the URL of a list that has it. */
export interface WantedSum {
  readonly kind: SumKind
  readonly sum: string
}

/** The parts of `sha512:…`; undefined for another text. */
export const partsOfSum = (text: string): WantedSum | undefined => {
  const [, kind = '', sum = ''] = /^(\w+):(.+)$/.exec(text) ?? []
  if (!isKind(kind)) return undefined
  if (isUrl(sum)) return { kind, sum }
  return new RegExp(`^[0-9a-f]{${digits[kind]}}$`, 'i').test(sum)
    ? { kind, sum: sum.toLowerCase() }
    : undefined
}

/** Whether the sum is to be looked for in a list at a URL. */
export const isUrl = (sum: string): boolean => /^https?:\/\/[^\s/@]+(?:\/\S*)?$/.test(sum)

/** The parameter `checksum`. */
export const checksumParam = () =>
  z.string().refine((text) => partsOfSum(text) !== undefined, {
    message: `must be a kind of checksum (${Object.keys(digits).join(', ')}), a colon, and its digits or the URL of a list of sums`,
  })

/** A line of `sha256sum`, of `sha256sum --tag`, or of a file with a sum alone. */
const lineParts = (line: string): { readonly sum: string; readonly name: string | undefined } | undefined => {
  const tagged = /^\w+ \((.+)\) = ([0-9a-f]+)$/i.exec(line)
  if (tagged !== null) return { sum: tagged[2]?.toLowerCase() ?? '', name: tagged[1] }
  const plain = /^([0-9a-f]+)(?:[ \t]+[ *]?(.+))?$/i.exec(line)
  return plain === null ? undefined : { sum: plain[1]?.toLowerCase() ?? '', name: plain[2]?.trim() }
}

/**
 * The checksum of a file in a list of sums; a list of one sum without a name is that of the file.
 *
 * @param name the name of the file, without folders.
 * @throws `task-failed` for a list without it.
 */
export const sumIn = (text: string, name: string, { kind, sum: url }: WantedSum): string => {
  const lines = text.split(/\r?\n/).flatMap((line) => lineParts(line.trim()) ?? [])
  const sums = lines.filter(({ sum }) => sum.length === digits[kind])
  const named = sums.filter((one) => one.name?.replace(/^.*\//, '') === name)
  const found = new Set(
    (named.length === 0 && sums.length === 1 && sums[0]?.name === undefined ? sums : named).map(
      ({ sum }) => sum,
    ),
  )
  const [only] = found
  if (found.size === 1 && only !== undefined) return only
  throw new CoxswainError(
    'task-failed',
    found.size === 0 ? `${url} has no ${kind} of ${name}` : `${url} has more than one ${kind} of ${name}`,
    {
      hint: `look at the list; give the checksum itself, as ${kind}: and its digits, if it names the file in another way`,
    },
  )
}

/** A shell command that fails, and prints the sum, if the file `%s` has another one. */
export const sumCommand = ({ kind, sum }: WantedSum): string =>
  `n=$(${kind}sum <%s) && n=\${n%% *} && if [ "$n" != ${sum} ]; then echo "${kind} $n" >&2; exit 1; fi`
