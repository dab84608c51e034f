/** The names of images in archives on this machine. */
import { createReadStream } from 'node:fs'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { imagesOf } from '../images/names.ts'
import type { BundleFile } from './bundle.ts'

/** The text of manifest.json in a tar archive; undefined without one. */
const manifestIn = async (file: string): Promise<string | undefined> => {
  const { Parser } = await import('tar/parse')
  const chunks: Buffer[] = []
  let found = false
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.path.replace(/^\.\//, '') === 'manifest.json') {
        found = true
        entry.on('data', (chunk: Buffer) => chunks.push(chunk))
      }
      entry.resume()
    },
  })
  const failed = new Promise<never>((_, reject) => parser.once('error', reject))
  const read = async (): Promise<void> => {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) parser.write(chunk)
    parser.end()
  }
  await Promise.race([read(), failed])
  return found ? Buffer.concat(chunks).toString() : undefined
}

const namesIn = async (path: string): Promise<string[]> => {
  const text = await manifestIn(path).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `${path} is not a tar archive that can be read`, {
      cause,
      hint: 'get the bundle again',
    })
  })
  return imagesOf(path, text ?? '')
}

/** The names of the images in an archive, as containerd lists them. Read once in a run, for all hosts. */
export const archiveImages = (
  { once }: Pick<CheckContext, 'once'>,
  { path, sha256 }: BundleFile,
): Promise<string[]> => once(`images of ${path} ${sha256}`, () => namesIn(path))
