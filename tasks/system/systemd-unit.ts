import { CoxswainError, defineTask, driftUnlessEmpty, quote, shellFile, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { contentChanges, holds } from '../files/content/content.ts'
import { serviceManager } from './service-manager.ts'

const verifyFile = shellFile(import.meta.url, 'systemd-verify.sh')
const suffixes = 'service|socket|timer|path|mount|automount|swap|target|slice'

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(
          new RegExp(`^[\\w:.\\\\@-]+\\.(${suffixes})$`),
          `must have a suffix: ${suffixes.replaceAll('|', ', ')}`,
        )
        .describe('the unit, such as app.service'),
      content: z.string().optional().describe('the content of the file'),
      dropIn: z
        .string()
        .regex(/^[\w-]+$/, 'must have letters, digits, - and _ only')
        .optional()
        .describe('the name of a drop-in to write instead, such as override, which changes an existing unit'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
    })
    .refine(({ content, state }) => content !== undefined || state === 'absent', {
      message: 'content is required',
      path: ['content'],
    })
type Params = z.output<ReturnType<typeof params>>

const fileOf = ({ name, dropIn }: Params): string =>
  dropIn === undefined ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/${dropIn}.conf`

const absence = async ({ remote }: CheckContext, path: string): Promise<Change[]> =>
  (await remote.exists(path)) ? [{ what: path, from: 'present', to: undefined }] : []

/** @throws `task-failed` on a host with OpenRC, which does not use units. */
const refuseOpenrc = async (ctx: CheckContext, name: string): Promise<void> => {
  if ((await ctx.fact(serviceManager())) !== 'openrc') return
  const script = `/etc/init.d/${name.replace(/\.\w+$/, '')}`
  throw new CoxswainError('task-failed', `${name} is a systemd unit, but this host uses OpenRC`, {
    hint: `write an OpenRC script instead, such as: file path=${script} mode=0755; the task service starts it`,
  })
}

/** Whether the file changed since systemd read it; for a template, since systemd read one of its instances. */
const isStale = async ({ remote }: CheckContext, name: string): Promise<boolean> => {
  const units = name.replace('@.', '@*.')
  const said = await remote.query`systemctl show --property=NeedDaemonReload --value -- ${units}`.text()
  return said.split(/\s+/).includes('yes')
}

/** The file of the unit that a drop-in changes; undefined if it does not exist. */
const unitFileOf = async ({ remote }: CheckContext, name: string): Promise<string | undefined> => {
  // systemd shows properties of an instance, but not of a template
  const unit = name.replace('@.', '@coxswain.')
  const path = await remote.query`systemctl show --property=FragmentPath --value -- ${unit}`.text()
  return path.trim() || undefined
}

/**
 * The command that verifies new content.
 *
 * @param unit for a drop-in, the file of the unit that it changes.
 */
const verifyCommand = ({ name, dropIn }: Params, unit: string | undefined): string => {
  const place = dropIn === undefined ? name : `${name}.d/${dropIn}.conf`
  return `set -- %s ${[name, place, unit ?? ''].map(quote).join(' ')}\n${verifyFile.text}`
}

/** Writes a systemd unit, or a drop-in that changes one, or removes it. */
export const systemdUnit = defineTask({
  name: 'systemd-unit',
  description:
    'Writes a systemd unit, or a drop-in for one, or removes it. The file is verified before it is written, and systemd is reloaded.',
  reads: 'the file, and whether systemd has read it (systemctl show)',
  example: { name: 'hello.service', content: '[Service]\nType=oneshot\nExecStart=/bin/echo hello\n' },
  params,
  title: (given) =>
    `${given.state === 'absent' ? 'no ' : ''}${fileOf(given).replace('/etc/systemd/system/', '')}`,

  async check(ctx, given) {
    const path = fileOf(given)
    const { content = '', state, name } = given
    await refuseOpenrc(ctx, name)
    const [changes, stale] = await Promise.all([
      state === 'absent' ? absence(ctx, path) : contentChanges(ctx.remote, path, content),
      isStale(ctx, name),
    ])
    return driftUnlessEmpty([
      ...changes,
      ...(stale ? [{ what: name, from: 'an older version loaded', to: 'reloaded' }] : []),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const path = fileOf(given)
    const folder = path.slice(0, path.lastIndexOf('/'))
    const { content = '', state, dropIn, name } = given
    if (state === 'absent') {
      await remote.remove(path)
      if (dropIn !== undefined)
        await remote.run({ label: `rmdir ${folder}` })`rmdir ${folder} 2>/dev/null || :`
    } else if (!(await holds(remote, path, content))) {
      const unit = dropIn === undefined ? undefined : await unitFileOf(ctx, name)
      if (dropIn !== undefined) await remote.makeDirectory(folder)
      // a drop-in has no effect without its unit
      const unknown = dropIn !== undefined && unit === undefined
      await remote.write(path, content, unknown ? {} : { validate: verifyCommand(given, unit) })
    }
    await remote.run({ timeout: 120 })`systemctl daemon-reload`
  },
})
