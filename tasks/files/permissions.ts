import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, unknown, z } from '../../engine/index.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from './content/attributes.ts'

/** Sets owner, group and mode of an existing path; never creates one. */
export const permissions = defineTask({
  name: 'permissions',
  description:
    'Sets owner, group and mode of an existing file, directory or other path, and never creates one.',
  reads: 'owner, group and mode of the path, or of the target of a link',
  example: { path: '/etc/shadow', mode: '0640' },
  params: () =>
    z
      .object({ path: remotePath().describe('the existing path'), ...attributeParams, ...followParam })
      .refine(({ owner, group, mode }) => owner !== undefined || group !== undefined || mode !== undefined, {
        message: 'set an owner, a group or a mode',
      }),
  title: ({ path }) => `permissions of ${path}`,
  writes: ({ path, ...its }) => written('attributes', path, its),

  async check({ remote }, { path, ...attributes }) {
    const stat = await remote.stat(path, { follow: true })
    // an earlier task could create it
    if (stat === undefined) return unknown(`${path} does not exist`)
    return driftUnlessEmpty(attributeChanges(path, stat, attributes))
  },

  async apply({ remote }, { path, ...attributes }) {
    if ((await remote.stat(path, { follow: true })) === undefined)
      throw new CoxswainError('task-failed', `${path} does not exist`, {
        hint: 'create it first: file, directory and copy also set owner and mode',
      })
    await remote.setAttributes(path, await settled(remote, path, attributesOf(attributes)))
  },
})
