import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import { withBlock } from '../files/block-in-file.ts'

const oneLine = (what: string) => z.string().regex(/^[^\n]+$/, `${what} is one line`)

const params = z
  .object({
    name: oneLine('a name').describe('names the entry, in a comment above and below it'),
    command: oneLine('a command')
      .optional()
      .describe('what runs; in a crontab % is a newline unless it is \\%'),
    schedule: z
      .string()
      .regex(
        /^(@(reboot|hourly|daily|weekly|monthly|yearly)|\S+( \S+){4})$/,
        'five fields, or @daily and the like, are needed',
      )
      .optional()
      .describe('minute, hour, day, month, weekday; or @hourly, @daily, @weekly, @monthly, @yearly, @reboot'),
    user: z.string().optional().describe('whose crontab; that of the user who acts when absent'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(
    ({ command, schedule, state }) => state === 'absent' || (command !== undefined && schedule !== undefined),
    {
      message: 'a command and a schedule are needed',
    },
  )
type Params = z.output<typeof params>

/** The crontab with the entry as it shall be, between marks of its own: what is not between them is somebody else's. */
export const withEntry = (text: string, { name, command, schedule, state }: Params): string =>
  withBlock(text, { block: `${schedule} ${command}`, marker: `# {mark} coxswain: ${name}`, state })

const words = (user: string | undefined, what: string): string[] => [
  ...(user === undefined ? [] : ['-u', user]),
  what,
]

/** A user's crontab; empty where there is none, undefined where there is no cron. */
const crontabOf = async (remote: RemoteReader, user: string | undefined): Promise<string | undefined> => {
  const { ok, code, stdout, stderr } = await remote.query`crontab ${words(user, '-l')}`.result()
  if (ok) return stdout
  if (code === 127) return undefined
  // Debian and Red Hat; busybox
  if (/no crontab for|No such file/.test(stderr)) return ''
  throw new CoxswainError(
    'read-failed',
    `cannot read the crontab${user === undefined ? '' : ` of ${user}`}`,
    {
      output: stderr.trim(),
      hint: 'other users have theirs read by root only: act as root; name a user that there is',
    },
  )
}

/** Hold an entry in a user's crontab. */
export const cron = defineTask({
  name: 'cron',
  description: "Holds an entry in a user's crontab, or holds it out of it.",
  reads: 'crontab -l',
  example: { name: 'clean up', schedule: '15 3 * * *', command: 'find /var/tmp -mtime +30 -delete' },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no cron' : 'cron'}: ${name}`,

  async check({ remote }, given) {
    const text = await crontabOf(remote, given.user)
    if (text === undefined) return unknown('there is no crontab(1) on the host')
    const wanted = withEntry(text, given)
    return driftUnlessEmpty(text === wanted ? [] : [{ what: 'crontab', from: text, to: wanted }])
  },

  async apply({ remote }, given) {
    const text = await crontabOf(remote, given.user)
    if (text === undefined) {
      throw new CoxswainError('task-failed', 'there is no crontab(1) on the host', {
        hint: 'install cron first: the package is cron on Debian, cronie on Red Hat',
      })
    }
    await remote.run({ stdin: withEntry(text, given) })`crontab ${words(given.user, '-')}`
  },
})
