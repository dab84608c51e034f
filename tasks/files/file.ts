import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, secret, z } from '../../engine/index.ts'
import { canBeFile, folderNamed } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  overwriteParam,
  writeParams,
  written,
} from './content/attributes.ts'
import { contentChanges, holds, isFileThere } from './content/content.ts'

/** Creates a file with the given content, owner and mode, or removes it. */
export const file = defineTask({
  name: 'file',
  description:
    'Ensures that a file exists with the given content, owner and mode, or that it does not exist.',
  reads: "the file's content, owner and mode",
  example: { path: '/etc/motd', content: 'Welcome.\n', mode: '0644' },
  params: () =>
    z
      .object({
        path: remotePath().describe('the file'),
        content: z
          .union([z.string(), secret()])
          .optional()
          .describe(
            'the content; by default unchanged, and empty for a new file (the task permissions never creates a file)',
          ),
        state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
        ...attributeParams,
        ...overwriteParam,
        ...writeParams,
        ...followParam,
      })
      .refine(({ path, state }) => state === 'absent' || canBeFile(path), {
        message: folderNamed,
        path: ['path'],
      }),
  title: ({ path, state }) => (state === 'absent' ? `no file ${path}` : `file ${path}`),
  writes: ({ path, ...its }) => written('file', path, its),

  async check({ remote }, { path, content, state, overwrite, ...attributes }) {
    const wanted =
      state === 'absent' || (!overwrite && (await isFileThere(remote, path))) ? undefined : content
    const [stat, rewritten] = await Promise.all([
      remote.stat(path, { follow: state === 'present' }),
      wanted === undefined ? [] : contentChanges(remote, path, wanted, attributes),
    ])
    if (state === 'absent')
      return driftUnlessEmpty(stat === undefined ? [] : [{ what: path, from: stat.type, to: undefined }])
    if (stat === undefined) return driftUnlessEmpty([{ what: path, to: content ?? '' }])
    if (stat.type === 'directory' || stat.type === 'other') {
      throw new CoxswainError('task-failed', `${path} exists, but is not a file`, {
        hint: 'move it away first; to set only owner and mode, use the task permissions',
      })
    }
    return driftUnlessEmpty([...rewritten, ...attributeChanges(path, stat, attributes)])
  },

  async apply({ remote }, { path, content, state, overwrite, ...given }) {
    if (state === 'absent') return remote.remove(path)
    const attributes = await settled(remote, path, given)
    const kept =
      content === undefined || (!overwrite && (await isFileThere(remote, path)))
        ? await isFileThere(remote, path)
        : await holds(remote, path, content, attributes)
    if (!kept) return remote.write(path, content ?? '', attributes)
    await remote.setAttributes(path, attributesOf(attributes))
  },
})
