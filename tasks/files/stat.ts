import { defineTask, ok, remotePath, z } from '../../engine/index.ts'

/** Reads what is at a path: a fact, for plays and other tasks. */
export const stat = defineTask({
  name: 'stat',
  description: 'Reads what is at a path: type, mode, owner, group, size, time, and the target of a link.',
  reads: 'the path, without following links',
  example: { path: '/etc/hosts' },
  params: () => z.object({ path: remotePath().describe('the path') }),
  title: ({ path }) => `what is at ${path}`,
  async check({ remote }, { path }) {
    return ok(await remote.stat(path))
  },
})
