import { defineTask, ok, z } from '../../engine/index.ts'
import { readAccounts } from './reading/accounts.ts'
import { countIn } from './reading/values.ts'

/** A user of a host. */
export interface HostUser {
  readonly name: string
  readonly uid: number
  /** The ID of its primary group. */
  readonly gid: number
  /** Its full name, or another comment. */
  readonly comment: string
  readonly home: string
  readonly shell: string
}

/** Parses rows of passwd(5). */
export const parseUsers = (rows: readonly (readonly string[])[]): HostUser[] =>
  rows.flatMap(([name = '', , uidText, gidText, comment = '', home = '', shell = '']) => {
    const [uid, gid] = [countIn(uidText), countIn(gidText)]
    return name === '' || uid === undefined || gid === undefined
      ? []
      : [{ name, uid, gid, comment, home, shell }]
  })

/** Reads the users of a host. */
export const users = defineTask({
  name: 'users',
  description: 'Reads the users of a host: UID, home, shell.',
  reads: 'getent passwd, or /etc/passwd',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(parseUsers(await readAccounts(remote, 'passwd')))
  },
})
