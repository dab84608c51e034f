/** Files of the machine that runs the playbook, as sources of what goes to hosts. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext, RepeatableSource } from '../../../engine/index.ts'

/** What is at a path here; links are followed. */
export const localStat = async (path: string) =>
  stat(path).catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read ${path} here`, {
      cause,
      hint: 'paths of sources are relative to the current folder',
    })
  })

type Once = Pick<CheckContext, 'once'>

const sumOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

/** A file's SHA-256, in lower-case hex: taken once in a run, however many hosts get the file, unless the file changes. */
export const localSum = async ({ once }: Once, path: string): Promise<string> => {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return once(`sha256 of ${[path, dev, ino, size, mtimeNs, ctimeNs].join(' ')}`, () => sumOf(path))
}

/** Bytes of a text that a person might want to compare. */
const longestText = 256 * 1024

/** Whether everybody may read what has this mode; what only its owner may read could be a key. */
export const isPublic = (mode: number): boolean => (mode & 0o004) !== 0

/** The text of a file that everybody may read; undefined when it is none, or a long one. */
export const publicText = async (path: string): Promise<string | undefined> => {
  const { size, mode } = await localStat(path)
  if (size > longestText || !isPublic(mode)) return undefined
  const bytes = await readFile(path)
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : undefined
}

/** A file as a source that can be read again. */
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
