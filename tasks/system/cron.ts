import { CoxswainError, defineTask, driftUnlessEmpty, flag, ok, unknown, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { shown } from '../shared/file-text.ts'
import { withBlock } from '../files/block-in-file.ts'
import { scheduleFault } from './cron-tables/schedule.ts'
import { cronFile, crontabOf } from './cron-tables/tables.ts'
import type { CronTable } from './cron-tables/tables.ts'
import { oneLine } from '../shared/one-line.ts'

const params = () =>
  z
    .object({
      name: oneLine('a name')
        .min(1, 'must not be empty')
        .describe('the name of the entry, written in a comment above and below it'),
      command: oneLine('a command')
        .min(1, 'must not be empty')
        .optional()
        .describe('the command; in a crontab % means a newline, and \\% a percent sign'),
      variables: z
        .record(
          z.string(),
          oneLine('a value').refine((value) => !(value.includes('"') && value.includes("'")), {
            message: 'a value can have quotes of one kind only: cron has no escapes',
          }),
        )
        .refine((all) => Object.keys(all).every((key) => /^[A-Za-z_]\w*$/.test(key)), {
          message: 'must have names of letters, digits and _ only',
        })
        .optional()
        .describe(
          'in place of a command: variables such as PATH and MAILTO, at the beginning of the crontab or file, for all entries below; busybox has MAILTO and SHELL only',
        ),
      disabled: flag().default(false).describe('keep the entry as a comment, so that it does not run'),
      schedule: z
        .string()
        .trim()
        .regex(
          /^(@(reboot|hourly|daily|midnight|weekly|monthly|yearly|annually)|\S+([ \t]+\S+){4})$/,
          'must be five fields, or @daily and the like',
        )
        .optional()
        .describe(
          'minute, hour, day, month, weekday; or @hourly, @daily (@midnight), @weekly, @monthly, @yearly (@annually), @reboot',
        ),
      user: z
        .string()
        // user names of directory services can contain an @ and other characters
        .regex(/^[^\s-]\S*$/, 'must be the name of a user')
        .optional()
        .describe(
          'the owner of the crontab, by default the acting user; with `file`, the user who runs the command, by default root',
        ),
      file: z
        .string()
        .regex(/^[\w-]+$/, 'must have letters, digits, - and _ only, because cron ignores other files')
        .optional()
        .describe(
          'the name of a file in /etc/cron.d to write the entry to, instead of a crontab; other entries in it stay unchanged',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the entry'),
    })
    .refine(
      ({ command, schedule, state, variables }) =>
        state === 'absent' || variables !== undefined || (command !== undefined && schedule !== undefined),
      {
        message: 'command and schedule are required, or variables',
      },
    )
    .refine(
      ({ command, schedule, variables, disabled }) =>
        variables === undefined || (command === undefined && schedule === undefined && !disabled),
      {
        message:
          'variables are for all entries below them: give them an entry of their own, without command, schedule and disabled',
        path: ['variables'],
      },
    )
    // crontab(1) of busybox accepts any text; cron ignores a file with an invalid line, and reports it only in its log
    .superRefine(({ schedule }, refuse) => {
      const fault = schedule === undefined ? undefined : scheduleFault(schedule)
      if (fault !== undefined) refuse.addIssue({ code: 'custom', message: fault, path: ['schedule'] })
    })
type Params = z.output<ReturnType<typeof params>>

/** An entry, and where it is. */
type Entry = Omit<Params, 'disabled'> & { readonly disabled?: boolean }

/** A value of a variable: cron takes quotes around it away, and blanks without quotes. */
const quoted = (value: string): string => {
  if (/^[^\s"'](?:.*[^\s"'])?$/.test(value)) return value
  return value.includes('"') ? `'${value}'` : `"${value}"`
}

/** The table with the entry between markers of its own; everything else stays unchanged. */
export const withEntry = (
  text: string,
  { name, command, schedule, state, file, user = 'root', variables, disabled = false }: Entry,
): string => {
  const marker = `# {mark} coxswain: ${name}`
  if (variables !== undefined) {
    const block = Object.entries(variables).map(([key, value]) => `${key}=${quoted(value)}`)
    return withBlock(text, { block: block.join('\n'), marker, state, insertBefore: 'BOF' })
  }
  const what = file === undefined ? command : `${user} ${command}`
  return withBlock(text, { block: `${disabled ? '#' : ''}${schedule} ${what}`, marker, state })
}

const tableOf = ({ file, user }: Params): CronTable =>
  file === undefined ? crontabOf(user) : cronFile(file, user ?? 'root')

/**
 * Refuses a table with CRLF line endings: cron takes the carriage return as part of the command, which then fails.
 *
 * @throws `task-failed` with the first such line.
 */
const refuseCarriageReturns = (text: string, { what }: CronTable, { state, file }: Params): void => {
  if (state === 'absent') return
  const line = text.split('\n').findIndex((one) => one.endsWith('\r'))
  if (line < 0) return
  throw new CoxswainError(
    'task-failed',
    `${what}: line ${line + 1} ends with CRLF, and cron treats the carriage return as a part of the command`,
    {
      hint:
        file === undefined
          ? "remove them on the host: crontab -l | tr -d '\\r' | crontab -"
          : `remove them on the host: sed -i 's/\\r$//' ${what}`,
    },
  )
}

/** Whether the user of the entries does not exist yet: cron would ignore the entire file. */
const lacksUser = async (
  { remote }: CheckContext,
  { user }: CronTable,
  { state }: Params,
): Promise<boolean> =>
  user !== undefined && state === 'present' && !(await remote.query`id -u ${user}`.succeeds())

/** Adds an entry to a user's crontab or to a file in /etc/cron.d, or removes it. */
export const cron = defineTask({
  name: 'cron',
  description:
    "Adds an entry to a user's crontab or to a file in /etc/cron.d, disables it, or removes it; or sets variables there.",
  reads: 'crontab -l; or the file in /etc/cron.d and whether its user exists',
  example: { name: 'clean up', schedule: '15 3 * * *', command: 'find /var/tmp -mtime +30 -delete' },
  params,
  title: ({ name, file, state }) =>
    `${state === 'absent' ? 'no cron' : 'cron'}: ${name}${file === undefined ? '' : ` in ${file}`}`,

  async check(ctx, given) {
    const table = tableOf(given)
    const text = await table.read(ctx.remote)
    if (text === undefined) return given.state === 'absent' ? ok() : unknown(table.missing.why)
    if (await lacksUser(ctx, table, given)) return unknown(`the user ${table.user} does not exist yet`)
    refuseCarriageReturns(text, table, given)
    const wanted = withEntry(text, given)
    return driftUnlessEmpty([
      ...(text === wanted
        ? []
        : [{ what: table.what, from: shown(text) || undefined, to: shown(wanted) || undefined }]),
      ...(given.state === 'absent' ? [] : await table.flaws(ctx.remote)),
    ])
  },

  async apply(ctx, given) {
    const table = tableOf(given)
    const text = await table.read(ctx.remote)
    const { why, hint } = table.missing
    if (text === undefined) throw new CoxswainError('task-failed', why, { hint })
    if (await lacksUser(ctx, table, given))
      throw new CoxswainError('task-failed', `the user ${table.user} does not exist`, {
        hint: 'create the user first',
      })
    await table.write(ctx.remote, withEntry(text, given))
  },
})
