import { CoxswainError, defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'

/** Creates a symbolic link, or changes its target. */
export const link = defineTask({
  name: 'link',
  description: 'Creates a symbolic link, or changes its target.',
  reads: 'the target of the link',
  example: { path: '/srv/current', target: '/srv/releases/7' },
  params: () =>
    z.object({
      path: remoteFile().describe('the link'),
      target: z
        .string()
        .regex(/^\P{Cc}+$/u, 'a target must not be empty or contain control characters')
        .describe('the target of the link'),
      force: flag().default(false).describe('replace a file at its path; a folder is never replaced'),
    }),
  title: ({ path, target }) => `link ${path} to ${target}`,
  writes: ({ path }) => [{ path, as: 'link' }],

  async check({ remote }, { path, target, force }) {
    const stat = await remote.stat(path)
    const isFile = stat?.type === 'file'
    if (force && isFile) return drift({ what: path, from: 'a file', to: `a link to ${target}` })
    if (stat !== undefined && stat.type !== 'link') {
      throw new CoxswainError('task-failed', `${path} exists, but is not a link`, {
        hint: isFile ? 'move it away first, or replace it: force=true' : 'move it away first',
      })
    }
    return stat?.target === target ? ok() : drift({ what: path, from: stat?.target, to: target })
  },

  async apply({ remote }, { path, target }) {
    await remote.link(path, target)
  },
})
