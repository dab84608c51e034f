import { CoxswainError, accountId, defineTask, driftUnlessEmpty, flag, shell, z } from '../../engine/index.ts'
import { readText } from '../shared/file-text.ts'
import { accountName, groupEntries, withFields } from './accounts/account-files.ts'
import type { GroupEntry } from './accounts/account-files.ts'
import { editAccountFile } from './user-tools/edit-account-file.ts'

/** @throws `task-failed` if another group has the ID. */
const refuseTaken = (entries: readonly GroupEntry[], name: string, gid: number | undefined): void => {
  const other = entries.find((entry) => entry.gid === String(gid) && entry.name !== name)
  if (other === undefined) return
  throw new CoxswainError('task-failed', `gid ${gid} belongs to the group ${other.name}`, {
    hint: 'set another gid, or change that group first',
  })
}

/** Creates a local group, or removes it. */
export const group = defineTask({
  name: 'group',
  description: 'Creates a group, with the given ID, or removes it.',
  reads: '/etc/group',
  example: { name: 'deploy', gid: 1500 },
  params: () =>
    z.object({
      name: z.string().regex(accountName, 'must be a group name').describe('the name of the group'),
      gid: accountId().optional().describe('the group ID; by default the next free one'),
      system: flag()
        .default(false)
        .describe('create a system group, with an ID from the range of system groups'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the group'),
    }),
  title: ({ name, state }) => (state === 'absent' ? `no group ${name}` : `group ${name}`),
  makes: ({ name, state }) => (state === 'absent' ? [] : [`the group ${name}`]),

  async check({ remote, absent }, { name, gid, state }) {
    const entries = groupEntries(await readText(remote, '/etc/group'))
    const found = entries.find((entry) => entry.name === name)
    const what = `group ${name}`
    if (found === undefined) absent(`the group ${name}`)
    if (state === 'absent') return driftUnlessEmpty(found ? [{ what, from: `gid ${found.gid}` }] : [])
    if (String(gid) !== found?.gid) refuseTaken(entries, name, gid)
    if (found === undefined)
      return driftUnlessEmpty([{ what, to: gid === undefined ? 'present' : `gid ${gid}` }])
    const same = gid === undefined || String(gid) === found.gid
    return driftUnlessEmpty(same ? [] : [{ what, from: `gid ${found.gid}`, to: `gid ${gid}` }])
  },

  async apply({ remote }, { name, gid, system, state }) {
    const text = (await readText(remote, '/etc/group')) ?? ''
    const entries = groupEntries(text)
    const found = entries.find((entry) => entry.name === name)
    const tools = await remote.query`command -v groupadd`.succeeds()
    if (state === 'absent') return tools ? remote.run`groupdel ${name}` : remote.run`delgroup ${name}`
    refuseTaken(entries, name, gid)
    if (found === undefined) {
      const id = gid === undefined ? [] : ['-g', gid]
      return tools
        ? remote.run`groupadd ${[...(system ? ['-r'] : []), ...id, name]}`
        : remote.run`addgroup ${[...(system ? ['-S'] : []), ...id, name]}`
    }
    if (tools) return remote.run`groupmod ${gid === undefined ? shell`` : ['-g', gid]} ${name}`
    // busybox does not have a tool that changes a group
    await editAccountFile(remote, '/etc/group', (now) => withFields(now, name, { 2: String(gid) }))
  },
})
