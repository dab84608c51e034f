import { defineTask, ok, z } from '../../engine/index.ts'
import { readAccounts } from './reading/accounts.ts'
import { countIn } from './reading/values.ts'

/** A group of a host. */
export interface HostGroup {
  readonly name: string
  readonly gid: number
  /** Users that are in it besides those whose primary group it is. */
  readonly members: readonly string[]
}

/** Parses rows of group(5). */
export const parseGroups = (rows: readonly (readonly string[])[]): HostGroup[] =>
  rows.flatMap(([name = '', , gidText, members = '']) => {
    const gid = countIn(gidText)
    return name === '' || gid === undefined
      ? []
      : [{ name, gid, members: members.split(',').filter((member) => member !== '') }]
  })

/** Reads the groups of a host. */
export const groups = defineTask({
  name: 'groups',
  description: 'Reads the groups of a host, and their members.',
  reads: 'getent group, or /etc/group',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(parseGroups(await readAccounts(remote, 'group')))
  },
})
