import { CoxswainError, defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, textIn, wordsIn } from './reading/values.ts'

const userFile = shellFile(import.meta.url, 'acting-user.sh')

/** The user that commands run as. */
export interface ActingUser {
  readonly name: string
  readonly uid: number
  /** Its primary group. */
  readonly group: string
  readonly gid: number
  /** All its groups. */
  readonly groups: readonly string[]
  readonly home: string
  /** Undefined for a user that is not in /etc/passwd. */
  readonly shell: string | undefined
}

/** Parses what acting-user.sh prints; undefined for other text. */
export const parseActingUser = (text: string): ActingUser | undefined => {
  const [name = '', uidText, group = '', gidText, groups = '', home = '', shell] = text.split('\n')
  const [uid, gid] = [countIn(uidText), countIn(gidText)]
  if (name === '' || uid === undefined || gid === undefined) return undefined
  return { name, uid, group, gid, groups: wordsIn(groups), home, shell: textIn(shell) }
}

/** Reads which user commands run as. */
export const actingUser = defineTask({
  name: 'acting-user',
  description:
    'Reads which user commands run as, with its groups and its home; `become` says which one it is.',
  reads: 'id and /etc/passwd',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const value = parseActingUser(
      await remote.query({ label: 'read the acting user' })`${shellProgram(userFile)}`.text(),
    )
    if (value === undefined)
      throw new CoxswainError('task-failed', 'the host does not say which user commands run as')
    return ok(value)
  },
})
