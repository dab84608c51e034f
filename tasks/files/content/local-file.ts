/** Files on the machine that runs the playbook, as sources for hosts. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext, RepeatableSource } from '../../../engine/index.ts'

/** What exists at a local path; follows links. */
export const localStat = async (path: string) =>
  stat(path).catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read ${path} here`, {
      cause,
      hint: 'a relative path is looked for beside the file that makes the task, then in the current folder',
    })
  })

type Once = Pick<CheckContext, 'once'>

const sumOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

/** A file's SHA-256 in lower-case hex. Computed once per run for all hosts, unless the file changes. */
export const localSum = async ({ once }: Once, path: string): Promise<string> => {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return once(`sha256 of ${[path, dev, ino, size, mtimeNs, ctimeNs].join(' ')}`, () => sumOf(path))
}

/** The largest text that a diff shows, in bytes. */
const longestText = 256 * 1024

/** Whether every user can read a file of this mode. A file that only its owner can read could be a key. */
export const isPublic = (mode: number): boolean => (mode & 0o004) !== 0

/** The text of a file that every user can read; undefined if it is binary or too long. */
export const publicText = async (path: string): Promise<string | undefined> => {
  const { size, mode } = await localStat(path)
  if (size > longestText || !isPublic(mode)) return undefined
  const bytes = await readFile(path)
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : undefined
}

/** A file as a source that can be read more than once. */
export const localFile = async (ctx: Once, path: string): Promise<RepeatableSource> => {
  const found = await localStat(path)
  if (!found.isFile())
    throw new CoxswainError('load-failed', `${path} is not a file`, { hint: 'set the path of a file' })
  return {
    size: found.size,
    sha256: await localSum(ctx, path),
    from: (start) => createReadStream(path, { start, highWaterMark: 1024 * 1024 }),
  }
}
