import { defineTask, driftUnlessEmpty, isSecret, remotePath, secret, z } from '../../engine/index.ts'
import type { Change, Secret } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf } from './attributes.ts'

const textOf = (content: string | Secret): string => (isSecret(content) ? content.reveal() : content)

/** Hold a file with this content, owner and mode, or hold it absent. */
export const file = defineTask({
  name: 'file',
  description: 'Holds a file with given content, owner and mode, or absent.',
  params: z.object({
    path: remotePath().describe('the file'),
    content: z
      .union([z.string(), secret()])
      .optional()
      .describe('what is in it; as it is when absent, empty for a new file'),
    state: z.enum(['present', 'absent']).default('present'),
    ...attributeParams,
  }),
  title: ({ path, state }) => (state === 'absent' ? `no file ${path}` : `file ${path}`),

  async check({ remote }, { path, content, state, ...attributes }) {
    const [stat, text] = await Promise.all([
      remote.stat(path),
      content === undefined ? undefined : remote.read(path),
    ])
    if (state === 'absent')
      return driftUnlessEmpty(stat === undefined ? [] : [{ what: path, from: stat.type, to: undefined }])
    const wanted = content === undefined ? undefined : textOf(content)
    const rewritten: Change[] =
      stat === undefined || (wanted !== undefined && text !== wanted)
        ? [
            {
              what: path,
              from: isSecret(content) && text !== undefined ? '(other content)' : text,
              to: content ?? '',
            },
          ]
        : []
    return driftUnlessEmpty([
      ...rewritten,
      ...(stat === undefined ? [] : attributeChanges(path, stat, attributes)),
    ])
  },

  async apply({ remote }, { path, content, state, ...attributes }) {
    if (state === 'absent') return remote.remove(path)
    const [there, text] = await Promise.all([remote.exists(path), remote.read(path)])
    const write = !there || (content !== undefined && text !== textOf(content))
    if (write) return remote.write(path, content ?? '', attributes)
    await remote.setAttributes(path, attributesOf(attributes))
  },
})
