import { CoxswainError, defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { serviceManager } from './service-manager.ts'
import { fileOf, reloadUnits, unitChanges, writeUnit } from './units/unit-file.ts'

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

/** @throws `task-failed` on a host with OpenRC, which does not use units. */
const refuseOpenrc = async (ctx: CheckContext, name: string): Promise<void> => {
  if ((await ctx.fact(serviceManager())) !== 'openrc') return
  const script = `/etc/init.d/${name.replace(/\.\w+$/, '')}`
  throw new CoxswainError('task-failed', `${name} is a systemd unit, but this host uses OpenRC`, {
    hint: `write an OpenRC script instead, such as: file path=${script} mode=0755; the task service starts it`,
  })
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
    await refuseOpenrc(ctx, given.name)
    return driftUnlessEmpty(await unitChanges(ctx, given))
  },

  async apply(ctx, given) {
    await writeUnit(ctx, given)
    await reloadUnits(ctx)
  },
})
