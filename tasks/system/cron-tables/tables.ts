/** The places of cron entries: the crontab of a user, and the files in /etc/cron.d. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Change, Remote, RemoteReader } from '../../../engine/index.ts'
import { encoded, printedText, readText, writeText } from '../../shared/file-text.ts'

/** A file with cron entries. */
export interface CronTable {
  /** The name for messages. */
  readonly what: string
  /** The user that the entries run as, if each entry names it. */
  readonly user?: string
  /** The reason and hint if {@link CronTable.read} returns undefined. */
  readonly missing: { readonly why: string; readonly hint: string }
  /** Reads its text; empty if it does not exist yet, undefined if the host does not support it. */
  readonly read: (remote: RemoteReader) => Promise<string | undefined>
  /** Finds reasons why cron would ignore it, whatever the text. */
  readonly flaws: (remote: RemoteReader) => Promise<Change[]>
  readonly write: (remote: Remote, text: string) => Promise<void>
}

const words = (user: string | undefined, what: string): string[] => [
  ...(user === undefined ? [] : ['-u', user]),
  what,
]

/** The crontab of a user, by default of the acting user. */
export const crontabOf = (user: string | undefined): CronTable => ({
  what: 'crontab',
  missing: {
    why: 'crontab(1) is not installed on the host',
    hint: 'install cron first: the package is cron on Debian, cronie on Red Hat',
  },
  flaws: async () => [],
  read: async (remote) => {
    const { ok, code, stdout, stderr } = await remote.query`crontab ${words(user, '-l')}`.result()
    if (ok)
      return printedText(stdout, () =>
        remote.query({
          label: 'crontab -l',
        })`t=$(crontab ${words(user, '-l')} | od -An -v -tx1) && printf %s "$t"`.text(),
      )
    if (code === 127) return undefined
    // Debian and Red Hat; busybox
    if (/no crontab for|No such file/.test(stderr)) return ''
    throw new CoxswainError(
      'read-failed',
      `cannot read the crontab${user === undefined ? '' : ` of ${user}`}`,
      {
        output: stderr.trim(),
        hint: 'only root can read crontabs of other users: use become; check that the user exists',
      },
    )
  },
  write: async (remote, text) => {
    await remote.run({ stdin: encoded(text) })`crontab ${words(user, '-')}`
  },
})

const folder = '/etc/cron.d'

/** cron(8) ignores a file that users other than root can write. */
const isUnsafe = (owner: string, mode: string): boolean =>
  owner !== 'root' || (Number.parseInt(mode, 8) & 0o022) !== 0

/** A file of /etc/cron.d. */
export const cronFile = (name: string, user: string): CronTable => {
  const path = `${folder}/${name}`
  return {
    what: path,
    user,
    missing: {
      why: `the folder ${folder} does not exist on the host`,
      hint: 'install a cron that reads it first: the package is cron on Debian, cronie on Red Hat; busybox does not have one',
    },
    read: async (remote) => {
      const text = await readText(remote, path)
      return text === undefined && !(await remote.exists(folder)) ? undefined : (text ?? '')
    },
    flaws: async (remote) => {
      const stat = await remote.stat(path, { follow: true })
      if (stat === undefined || !isUnsafe(stat.owner, stat.mode)) return []
      const from = `${stat.owner} ${stat.mode}`
      return [{ what: `owner and mode of ${path}`, from, to: 'root 0644' }]
    },
    write: async (remote, text) => {
      if (text === '') return remote.remove(path)
      const stat = await remote.stat(path, { follow: true })
      const safe = stat !== undefined && !isUnsafe(stat.owner, stat.mode)
      await writeText(remote, path, text, safe ? {} : { owner: 'root', group: 'root', mode: '0644' })
    },
  }
}
