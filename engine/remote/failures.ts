/** File operations that failed, told to a person: what, in the host's own words, and what to do. Pure. */
import type { FileOperation, Result } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
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
const verbs: Readonly<Record<FileOperation['kind'], string>> = {
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
  remove: 'remove',
}

/** What to do about a script that ended with a status of its own. */
const byStatus: Readonly<Record<number, string>> = {
  [inTheWay]: 'move it away first, or give another path',
  [deadLink]: 'make the folder that it points into, or remove the link',
  [notAskedFor]: 'give special=true to take it nevertheless, if you trust who made it',
  [foreignLink]:
    'name the path that it leads to, or give follow=true if everybody who can change the link may decide what is written',
}

/** What to do about what the host's tools say; they speak English, for we set LC_ALL. */
const byWords: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, 'make room on the file system that it is on; df and df -i show which'],
  [/Disk quota exceeded/, 'the quota of its owner is used up: remove something, or raise it'],
  [
    /Read-only file system/,
    'the file system that it is on is mounted read-only: remount it, or see dmesg for why',
  ],
  [/Text file busy/, 'a program that is running is executed from it: stop the program first'],
  [/Permission denied/, 'act as root: give -b, or become in the play or the inventory'],
  [/invalid (user|group)|unknown user/, 'make the user or group first, or name another'],
  [/No such file or directory/, 'make the folder that it is in first, with the task directory'],
]

const hintFor = (status: number, words: string): string | undefined =>
  byStatus[status] ?? byWords.find(([pattern]) => pattern.test(words))?.[1]

/** The error of a file operation that ended with a status that is no answer. */
export const operationFailure = (
  { kind, path }: FileOperation,
  lane: 'query' | 'run',
  { code, stderr }: Result,
): CoxswainError => {
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
  const failed = lane === 'run' ? 'write-failed' : 'read-failed'
  return new CoxswainError(failed, `cannot ${verbs[kind]} ${path}`, { output, hint: hintFor(code, output) })
}
