import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat as localStat } from 'node:fs/promises'
import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf, writeParams } from './attributes.ts'

const sizeOf = async (path: string): Promise<number> => {
  const found = await localStat(path).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `cannot read ${path} here`, {
      cause,
      hint: 'paths of sources start at the current folder',
    })
  })
  if (found.isFile()) return found.size
  throw new CoxswainError('task-failed', `${path} is no file`, { hint: 'give the path of a file' })
}

const sumOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** Hold a file equal to one on this machine, whatever its size and content. */
export const copy = defineTask({
  name: 'copy',
  description: 'Holds a file equal to one on the machine that runs the playbook.',
  reads: "the file's SHA-256, owner and mode",
  example: { src: 'package.json', dest: '/tmp/package.json', mode: '0644' },
  params: z.object({
    src: z.string().describe('the file here'),
    dest: remotePath().describe('the file on the host'),
    ...attributeParams,
    ...writeParams,
  }),
  title: ({ src, dest }) => `copy of ${src} at ${dest}`,

  async check({ remote }, { src, dest, ...attributes }) {
    const [size, there, stat] = await Promise.all([sizeOf(src), remote.sha256(dest), remote.stat(dest)])
    const wanted = await sumOf(src)
    const told = (sum: string, bytes: number | undefined): string =>
      `${bytes} bytes, sha256 ${sum.slice(0, 12)}…`
    return driftUnlessEmpty([
      ...(there === wanted
        ? []
        : [{ what: dest, from: there && told(there, stat?.size), to: told(wanted, size) }]),
      ...(there === undefined ? [] : attributeChanges(dest, stat, attributes)),
    ])
  },

  async apply({ remote }, { src, dest, ...attributes }) {
    if ((await remote.sha256(dest)) === (await sumOf(src)))
      return remote.setAttributes(dest, attributesOf(attributes))
    await remote.writeStream(dest, { size: await sizeOf(src), chunks: createReadStream(src) }, attributes)
  },
})
