/** The index of an archive on a host, from the output of `tar -tv`. Pure. */
import type { RawMember } from './member.ts'

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** A name unquoted: GNU tar escapes as in C, with octal bytes beyond ASCII. */
export const unescaped = (text: string): string => {
  const bytes = text.replaceAll(/\\([0-7]{3}|.)/gs, (_, what: string) => {
    if (what.length === 3) return String.fromCharCode(Number.parseInt(what, 8))
    return escapes[what] ?? what
  })
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

// busybox prints names of owners, whatever the options
const line = /^([-a-zA-Z])\S{9}\S? +[^\s/]+\/\S+ +(\d+|\d+,\s*\d+) \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (.*)$/s

const splitAt = (text: string, divider: string): [string, string] => {
  const at = text.indexOf(divider)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + divider.length)]
}

const memberOf = (text: string, isGnu: boolean): RawMember => {
  const [, letter = '', size = '', rest = ''] = line.exec(text) ?? []
  const plain = (name: string): string => (isGnu ? unescaped(name) : name)
  const [before, after] = splitAt(rest, letter === 'h' ? ' link to ' : ' -> ')
  switch (letter) {
    case 'd':
      return { name: plain(rest), kind: 'directory', size: 0, target: '' }
    case 'l':
      return { name: plain(before), kind: 'link', size: 0, target: plain(after) }
    case 'h':
      return { name: plain(before), kind: 'file', size: undefined, target: '', same: plain(after) }
    case '-':
      // busybox lists a hard link in this way
      if (!isGnu && size === '0' && after !== '')
        return { name: before, kind: 'file', size: undefined, target: '', same: after }
      return { name: plain(rest), kind: 'file', size: Number(size), target: '' }
    case 'b':
    case 'c':
    case 'p':
      return { name: plain(rest), kind: 'other', size: undefined, target: '' }
    case '':
      throw new Error(`tar printed an unknown line: ${text}`)
    default:
      throw new Error(`it contains something other than a file, folder or link: ${plain(rest)}`)
  }
}

/**
 * The members with the sums of their content.
 *
 * @param text a line of sha256sum for each member with content, in the order of the archive.
 * @throws an Error if the number of sums does not match.
 */
export const withSums = (members: readonly RawMember[], text: string): RawMember[] => {
  const sums = text.match(/^[0-9a-f]{64}/gm) ?? []
  const files = members.filter(({ kind }) => kind === 'file')
  // busybox prints a sum, of nothing, for a hard link too
  const alike = sums.length === files.length
  const printed = alike ? files : files.filter(({ same }) => same === undefined)
  if (sums.length !== printed.length) throw new Error('tar did not list all of its content')
  const byMember = new Map(printed.map((member, at) => [member, sums[at]]))
  return members.map((member) =>
    member.same === undefined && byMember.has(member) ? { ...member, sha256: byMember.get(member) } : member,
  )
}

/**
 * Parses the output of `tar -tv --numeric-owner`.
 *
 * @param isGnu whether the tar is GNU tar.
 * @throws an Error that says what is wrong with the output.
 */
export const membersFrom = (text: string, isGnu: boolean): RawMember[] =>
  text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => memberOf(row, isGnu))
