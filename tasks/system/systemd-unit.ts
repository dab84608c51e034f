import { CoxswainError, defineTask, driftUnlessEmpty, quote, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { atEnd } from '../shared/at-end.ts'
import { contentChanges, holds } from '../files/content/content.ts'
import { serviceManager } from './service-manager.ts'

const suffixes = 'service|socket|timer|path|mount|automount|swap|target|slice'

const params = z
  .object({
    name: z
      .string()
      .regex(
        new RegExp(`^[\\w:.\\\\@-]+\\.(${suffixes})$`),
        `a unit has a suffix: ${suffixes.replaceAll('|', ', ')}`,
      )
      .describe('the unit, such as app.service'),
    content: z.string().optional().describe('the content of the file'),
    dropIn: z
      .string()
      .regex(/^[\w-]+$/, 'letters, digits, - and _ are needed')
      .optional()
      .describe('the name of a drop-in to write instead, such as override, which changes an existing unit'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ content, state }) => content !== undefined || state === 'absent', {
    message: 'content is needed',
    path: ['content'],
  })
type Params = z.output<typeof params>

const fileOf = ({ name, dropIn }: Params): string =>
  dropIn === undefined ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/${dropIn}.conf`

const absence = async ({ remote }: CheckContext, path: string): Promise<Change[]> =>
  (await remote.exists(path)) ? [{ what: path, from: 'there', to: undefined }] : []

/** @throws `task-failed` where OpenRC starts the services, which knows nothing of units. */
const refuseOpenrc = async (ctx: CheckContext, name: string): Promise<void> => {
  if ((await ctx.fact(serviceManager())) !== 'openrc') return
  const script = `/etc/init.d/${name.replace(/\.\w+$/, '')}`
  throw new CoxswainError('task-failed', `${name} is a systemd unit, but this host uses OpenRC`, {
    hint: `write an OpenRC script instead, such as: file path=${script} mode=0755; the task service starts it`,
  })
}

/** Whether systemd has read the file since it was written; of a template, each unit that is made of it. */
const isStale = async ({ remote }: CheckContext, name: string): Promise<boolean> => {
  const units = name.replace('@.', '@*.')
  const said = await remote.query`systemctl show --property=NeedDaemonReload --value -- ${units}`.text()
  return said.split(/\s+/).includes('yes')
}

/** The file of the unit that a drop-in changes; undefined where there is none. */
const unitFileOf = async ({ remote }: CheckContext, name: string): Promise<string | undefined> => {
  // systemd tells nothing of a template, but of a unit made of it
  const unit = name.replace('@.', '@coxswain.')
  const path = await remote.query`systemctl show --property=FragmentPath --value -- ${unit}`.text()
  return path.trim() || undefined
}

/** What systemd says of a line that it passes over. An unknown key is none of them: files are made for newer ones, too. */
const passedOver = "Failed to parse|[Ii]nvalid|outside of section|Missing '='"

/**
 * Shows new content to systemd-analyze where it would count: in a folder that comes before all others. Manual pages that
 * a unit names need not be there.
 *
 * @param unit the file of the unit that a drop-in changes, when the content is one. One that is faulty without it stays so.
 */
const verifying = ({ name, dropIn }: Params, unit: string | undefined): string => {
  const verify = `systemd-analyze verify --man=no "$d"/${quote(name)}`
  const place = `"$d"/${quote(dropIn === undefined ? name : `${name}.d/${dropIn}.conf`)}`
  return [
    // wherever there is room: a full /tmp is no reason to refuse a unit
    'd=$(mktemp -d /run/.coxswain.XXXXXX 2>/dev/null || mktemp -d) || exit 1',
    atEnd('rm -rf -- "$d"'),
    'before=0',
    ...(unit === undefined
      ? []
      : [
          `mkdir "$d"/${quote(`${name}.d`)} && cp ${quote(unit)} "$d"/${quote(name)} || exit 1`,
          `${verify} >/dev/null 2>&1 || before=1`,
        ]),
    `cp %s ${place} || exit 1`,
    `after=0; ${verify} >"$d"/said 2>&1 || after=1`,
    'cat "$d"/said',
    `[ $after -le $before ] && ! grep -F ${place}: "$d"/said | grep -Eq ${quote(passedOver)}`,
  ].join('\n')
}

/** Hold a unit of systemd, or a drop-in that changes one. */
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
      ...(stale ? [{ what: name, from: 'as systemd read it before', to: 'read anew' }] : []),
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
      // a drop-in means nothing without its unit
      const unknown = dropIn !== undefined && unit === undefined
      await remote.write(path, content, unknown ? {} : { validate: verifying(given, unit) })
    }
    await remote.run({ timeout: 120 })`systemctl daemon-reload`
  },
})
