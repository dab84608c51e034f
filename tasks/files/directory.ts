import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from './content/attributes.ts'
import { changesBelow, recurseFault, recurseParam, setBelow } from './content/attributes-below.ts'

/** Creates a directory and its parents, or removes it with everything in it. */
export const directory = defineTask({
  name: 'directory',
  description:
    'Ensures that a directory exists with the given owner and mode, or removes it with everything in it.',
  reads: 'what is at the path, its owner and mode; with recurse find and stat of what is below',
  example: { path: '/srv/app', mode: '0750' },
  params: () =>
    z
      .object({
        path: remotePath().describe('the directory'),
        state: z
          .enum(['present', 'absent'])
          .default('present')
          .describe('absent removes the directory with everything in it'),
        ...attributeParams,
        ...recurseParam,
        ...followParam,
      })
      .superRefine(({ state, recurse, ...attributes }, refuse) => {
        const fault = recurse && state === 'present' ? recurseFault(attributes) : undefined
        if (fault !== undefined) refuse.addIssue({ code: 'custom', message: fault, path: ['recurse'] })
      }),
  title: ({ path, state }) => (state === 'absent' ? `no directory ${path}` : `directory ${path}`),
  writes: ({ path, ...its }) => written('folder', path, its),

  async check({ remote }, { path, state, recurse, ...attributes }) {
    const stat = await remote.stat(path, { follow: state === 'present' })
    if (state === 'absent')
      return driftUnlessEmpty(stat === undefined ? [] : [{ what: path, from: stat.type, to: undefined }])
    if (stat === undefined) return driftUnlessEmpty([{ what: path, to: 'a directory' }])
    if (stat.type !== 'directory') {
      throw new CoxswainError('task-failed', `${path} exists, but is not a directory`, {
        hint: 'move it away first',
      })
    }
    return driftUnlessEmpty([
      ...attributeChanges(path, stat, attributes),
      ...(recurse ? await changesBelow(remote, path, attributes) : []),
    ])
  },

  async apply({ remote }, { path, state, recurse, ...attributes }) {
    if (state === 'absent') return remote.remove(path, { recursive: true })
    await remote.makeDirectory(path, await settled(remote, path, attributesOf(attributes), 'directory'))
    if (recurse) await setBelow(remote, path, attributes)
  },
})
