/** Errors of file operations: what failed, the host's own message, and what to do. Pure. */
import { posix } from 'node:path'
import type { FileOperation, Result } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { shellFile } from '../shell-file.ts'
import { programText } from './quote.ts'
import {
  deadLink,
  foreignLink,
  inTheWay,
  invalidContent,
  noContent,
  notAskedFor,
  otherContent,
} from './statuses.ts'

/** The verb of each operation, after `cannot`. */
const verbs: Readonly<Record<Exclude<FileOperation['kind'], 'could'>, string>> = {
  read: 'read',
  stat: 'look at',
  sha256: 'read',
  list: 'list',
  part: 'look at the partial transfer of',
  write: 'write',
  directory: 'make the directory',
  attributes: 'set owner or mode of',
  link: 'make the link',
  tree: 'write files into',
  each: 'change files in',
  give: 'change the owner of files in',
  remove: 'remove',
}

const nameTarget =
  'give the path that the link leads to, or set follow=true if you trust everyone who can change the link'

/** Hints by exit status of our scripts. */
const byStatus: Readonly<Record<number, string>> = {
  [inTheWay]: 'move it away, or give another path',
  [deadLink]: 'create the folder that the link points into, or remove the link',
  [notAskedFor]: 'set special=true to accept it, if you trust its author',
  [foreignLink]: nameTarget,
}

const asRoot = 'act as root: use -b, or set become in the play or the inventory'

/** Hints by message of the host's tools. The messages are in English because we set LC_ALL. */
const byWords: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, 'free space on its file system; df and df -i show which'],
  [/Disk quota exceeded/, 'the disk quota of its owner is exceeded: remove files, or raise the quota'],
  [
    /Read-only file system/,
    'its file system is mounted read-only: remount it, or look for the reason in dmesg',
  ],
  [/Text file busy/, 'a running program uses the file: stop the program first'],
  [/others than root control/, nameTarget],
  [/Permission denied/, asRoot],
  [/invalid (user|group)|unknown (user|group)/, 'create the user or group first, or give another'],
  [/Not a directory/, 'a part of the path is not a folder: move it away, or give another path'],
  [/No such file or directory/, 'create its folder first, with the task directory'],
]

/** A refusal that can happen even to root. */
const notPermitted = /Operation not permitted/

/** Whether the reason needs another query: the message `Operation not permitted` does not give it. */
export const isNotPermitted = ({ stderr }: Result): boolean => notPermitted.test(stderr.toString('utf8'))

const reasonFile = shellFile(import.meta.url, 'reason.sh')

/** A script that prints the acting user's ID and the attributes of a path and its folder. */
export const reasonScript = (path: string): string => programText(reasonFile, path, posix.dirname(path))

const attributeNames = { i: 'immutable (chattr +i)', a: 'append-only (chattr +a)' } as const

/** The hint for `Operation not permitted`, from the output of {@link reasonScript}. */
export const reasonFrom = (text: string): string => {
  const [user, ...lines] = text.split('\n')
  for (const line of lines) {
    const [, flags = '', path = ''] = /^(\S+)\s+(.+)$/.exec(line) ?? []
    const flag = (['i', 'a'] as const).find((letter) => flags.includes(letter))
    if (flag !== undefined)
      return `${path} is ${attributeNames[flag]}: chattr -${flag} ${path} removes that attribute`
  }
  return user === '0'
    ? 'even root is refused: check lsattr (chattr +i, +a), the mount options, and SELinux, AppArmor or the container'
    : asRoot
}

const hintFor = (status: number, words: string): string | undefined =>
  byStatus[status] ?? byWords.find(([pattern]) => pattern.test(words))?.[1]

/** The error of a file operation that failed. */
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
    return new CoxswainError(
      'validation-failed',
      `${path} was not replaced: the new content failed validation`,
      {
        output,
      },
    )
  if (code === otherContent)
    return new CoxswainError(
      'validation-failed',
      `${path} was not replaced: the new content has another sha256 than expected`,
      {
        output: `sha256 ${output}`,
      },
    )
  if (code === noContent) {
    const what = kind === 'tree' ? `nothing was written into ${path}` : `${path} was not replaced`
    return new CoxswainError('write-failed', `${what}: the command that creates its content failed`, {
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
