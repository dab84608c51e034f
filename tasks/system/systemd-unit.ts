import { CoxswainError, defineTask, driftUnlessEmpty, quote, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { contentChanges, holds } from '../files/content.ts'
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
    content: z.string().optional().describe('what is in the file'),
    dropIn: z
      .string()
      .regex(/^[\w-]+$/, 'letters, digits, - and _ are needed')
      .optional()
      .describe('write a drop-in of this name, which changes a unit that is there, instead of a unit'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ content, state }) => content !== undefined || state === 'absent', {
    message: 'content is needed',
    path: ['content'],
  })
type Params = z.output<typeof params>

const fileOf = ({ name, dropIn }: Params): string =>
  dropIn === undefined ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/${dropIn}.conf`

/** Whether systemd has read the file since it was written. */
const isStale = async ({ remote }: CheckContext, name: string): Promise<boolean> =>
  (await remote.query`systemctl show ${name} --property=NeedDaemonReload --value`.text()).trim() === 'yes'

/** @throws `task-failed` where OpenRC starts the services, which knows nothing of units. */
const refuseOpenrc = async (ctx: CheckContext, name: string): Promise<void> => {
  if ((await ctx.fact(serviceManager())) !== 'openrc') return
  const script = `/etc/init.d/${name.replace(/\.\w+$/, '')}`
  throw new CoxswainError('task-failed', `${name} is a unit of systemd, and this host has OpenRC`, {
    hint: `write a script of OpenRC's in its place, such as: file path=${script} mode=0755; service holds it started`,
  })
}

/** systemd-analyze wants a file by the name of its unit, so the new content is shown to it under that name. */
const verifying = (name: string): string =>
  `d=$(mktemp -d) && cp %s "$d"/${quote(name)} && { systemd-analyze verify "$d"/${quote(name)}; c=$?; rm -r "$d"; [ $c -eq 0 ]; }`

/** Hold a unit of systemd, or a drop-in that changes one. */
export const systemdUnit = defineTask({
  name: 'systemd-unit',
  description:
    'Holds a unit of systemd, verified before it is there, or a drop-in that changes one; systemd reads it anew.',
  reads: 'the file, and whether systemd has read it (systemctl show)',
  example: { name: 'hello.service', content: '[Service]\nType=oneshot\nExecStart=/bin/echo hello\n' },
  params,
  title: (given) =>
    `${given.state === 'absent' ? 'no ' : ''}${fileOf(given).replace('/etc/systemd/system/', '')}`,

  async check(ctx, given) {
    const path = fileOf(given)
    const { content = '', state, name } = given
    await refuseOpenrc(ctx, name)
    if (state === 'absent') {
      const there = await ctx.remote.exists(path)
      return driftUnlessEmpty(there ? [{ what: path, from: 'there', to: undefined }] : [])
    }
    const [changes, stale] = await Promise.all([
      contentChanges(ctx.remote, path, content),
      isStale(ctx, name),
    ])
    return driftUnlessEmpty([
      ...changes,
      ...(stale ? [{ what: name, from: 'as systemd read it before', to: 'read anew' }] : []),
    ])
  },

  async apply({ remote }, given) {
    const path = fileOf(given)
    const { content = '', state, dropIn, name } = given
    if (state === 'absent') await remote.remove(path)
    else if (!(await holds(remote, path, content))) {
      if (dropIn !== undefined) await remote.makeDirectory(path.slice(0, path.lastIndexOf('/')))
      // a drop-in means nothing without its unit
      await remote.write(path, content, dropIn === undefined ? { validate: verifying(name) } : {})
    }
    await remote.run({ timeout: 120 })`systemctl daemon-reload`
  },
})
