import { defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf, writeParams } from './attributes.ts'
import { localFile } from './local-file.ts'

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
    const [source, there, stat] = await Promise.all([localFile(src), remote.sha256(dest), remote.stat(dest)])
    const { size, sha256: wanted } = source
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
    const source = await localFile(src)
    if ((await remote.sha256(dest)) === source.sha256)
      return remote.setAttributes(dest, attributesOf(attributes))
    await remote.writeStream(dest, source, attributes)
  },
})
