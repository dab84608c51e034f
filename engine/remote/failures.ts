/** File operations that failed, told to a person: what, in the host's own words, and what to do. Pure. */
import { posix } from 'node:path'
import type { FileOperation, Result } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { quote } from './quote.ts'
import {
  deadLink,
  foreignLink,
  inTheWay,
  invalidContent,
  noContent,
  notAskedFor,
  otherContent,
} from './kinds.ts'

/** What each operation does, behind `cannot`. */
const verbs: Readonly<Record<Exclude<FileOperation['kind'], 'could'>, string>> = {
  read: 'read',
  stat: 'look at',
  sha256: 'read',
  list: 'list',
  part: 'look at what has come of',
  write: 'write',
  directory: 'make the directory',
  attributes: 'set owner or mode of',
  link: 'make the link',
  tree: 'put files into',
  each: 'change what is in',
  give: 'change the owner of what is in',
  remove: 'remove',
}

const nameTarget =
  'name the path that it leads to, or give follow=true if everybody who can change the link may decide what it leads to'

/** What to do about a script that ended with a status of its own. */
const byStatus: Readonly<Record<number, string>> = {
  [inTheWay]: 'move it away first, or give another path',
  [deadLink]: 'make the folder that it points into, or remove the link',
  [notAskedFor]: 'give special=true to take it nevertheless, if you trust who made it',
  [foreignLink]: nameTarget,
}

const asRoot = 'act as root: give -b, or become in the play or the inventory'

/** What to do about what the host's tools say; they speak English, for we set LC_ALL. */
const byWords: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, 'make room on the file system that it is on; df and df -i show which'],
  [/Disk quota exceeded/, 'the quota of its owner is used up: remove something, or raise it'],
  [
    /Read-only file system/,
    'the file system that it is on is mounted read-only: remount it, or see dmesg for why',
  ],
  [/Text file busy/, 'a program that is running is executed from it: stop the program first'],
  [/others than root control/, nameTarget],
  [/Permission denied/, asRoot],
  [/invalid (user|group)|unknown (user|group)/, 'make the user or group first, or name another'],
  [
    /Not a directory/,
    'something else stands where the path needs a folder: move it away, or give another path',
  ],
  [/No such file or directory/, 'make the folder that it is in first, with the task directory'],
]

/** What a host refuses even root now and then. */
const notPermitted = /Operation not permitted/

/** Whether the reason has to be asked for: what `Operation not permitted` means, the words do not say. */
export const isNotPermitted = ({ stderr }: Result): boolean => notPermitted.test(stderr.toString('utf8'))

/** A script that tells who acts, and the attributes of a path and of the folder that it is in. */
export const reasonScript = (path: string): string =>
  `id -u; for p in ${quote(path)} ${quote(posix.dirname(path))}; do lsattr -d -- "$p" 2>/dev/null; done; :`

const attributeNames = { i: 'immutable (chattr +i)', a: 'append-only (chattr +a)' } as const

/** What to do about `Operation not permitted`, by what {@link reasonScript} printed. */
export const reasonFrom = (text: string): string => {
  const [user, ...lines] = text.split('\n')
  for (const line of lines) {
    const [, flags = '', path = ''] = /^(\S+)\s+(.+)$/.exec(line) ?? []
    const flag = (['i', 'a'] as const).find((letter) => flags.includes(letter))
    if (flag !== undefined)
      return `${path} is ${attributeNames[flag]}: chattr -${flag} ${path} takes that away`
  }
  return user === '0'
    ? 'root itself is not permitted to: see lsattr (chattr +i, +a), the mount options, and SELinux, AppArmor or the container'
    : asRoot
}

const hintFor = (status: number, words: string): string | undefined =>
  byStatus[status] ?? byWords.find(([pattern]) => pattern.test(words))?.[1]

/** The error of a file operation that ended with a status that is no answer. */
export const operationFailure = (
  operation: FileOperation,
  purpose: 'query' | 'run',
  { code, stderr }: Result,
  reason?: string,
): CoxswainError => {
  const { path } = operation
  const kind = operation.kind === 'could' ? operation.change : operation.kind
  const output = stderr.toString('utf8').trim()
  if (code === invalidContent)
    return new CoxswainError('validation-failed', `${path} was not replaced: its new content is wrong`, {
      output,
    })
  if (code === otherContent)
    return new CoxswainError('validation-failed', `${path} was not replaced: its new content is another`, {
      output: `sha256 ${output}`,
    })
  if (code === noContent) {
    const what = kind === 'tree' ? `nothing was put into ${path}` : `${path} was not replaced`
    return new CoxswainError('write-failed', `${what}: the command that makes its content failed`, {
      output,
      hint: hintFor(code, output),
    })
  }
  const failed = purpose === 'run' ? 'write-failed' : 'read-failed'
  return new CoxswainError(failed, `cannot ${verbs[kind]} ${path}`, {
    output,
    hint: reason ?? hintFor(code, output),
  })
}
