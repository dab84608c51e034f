import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, unknown, z } from '../../engine/index.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from './content/attributes.ts'
import { changesBelow, recurseFault, recurseParam, setBelow } from './content/attributes-below.ts'

/** Sets owner, group and mode of an existing path; never creates one. */
export const permissions = defineTask({
  name: 'permissions',
  description:
    'Sets owner, group and mode of an existing file, directory or other path, and never creates one.',
  reads:
    'owner, group and mode of the path, or of the target of a link; with recurse find and stat of what is below',
  example: { path: '/etc/shadow', mode: '0640' },
  params: () =>
    z
      .object({
        path: remotePath().describe('the existing path'),
        ...attributeParams,
        ...recurseParam,
        ...followParam,
      })
      .refine(({ owner, group, mode }) => owner !== undefined || group !== undefined || mode !== undefined, {
        message: 'set an owner, a group or a mode',
      })
      .superRefine(({ recurse, ...attributes }, refuse) => {
        const fault = recurse ? recurseFault(attributes) : undefined
        if (fault !== undefined) refuse.addIssue({ code: 'custom', message: fault, path: ['recurse'] })
      }),
  title: ({ path }) => `permissions of ${path}`,
  writes: ({ path, ...its }) => written('attributes', path, its),

  async check({ remote }, { path, recurse, ...attributes }) {
    const stat = await remote.stat(path, { follow: true })
    // an earlier task could create it
    if (stat === undefined) return unknown(`${path} does not exist`)
    return driftUnlessEmpty([
      ...attributeChanges(path, stat, attributes),
      ...(recurse && stat.type === 'directory' ? await changesBelow(remote, path, attributes) : []),
    ])
  },

  async apply({ remote }, { path, recurse, ...attributes }) {
    const stat = await remote.stat(path, { follow: true })
    if (stat === undefined)
      throw new CoxswainError('task-failed', `${path} does not exist`, {
        hint: 'create it first: file, directory and copy also set owner and mode',
      })
    await remote.setAttributes(path, await settled(remote, path, attributesOf(attributes)))
    if (recurse && stat.type === 'directory') await setBelow(remote, path, attributes)
  },
})
