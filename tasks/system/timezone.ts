import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'

const zones = '/usr/share/zoneinfo'

interface Current {
  /** The zone that /etc/localtime points to; undefined if it is not a link to a zone. */
  readonly zone: string | undefined
  /** The content of /etc/timezone, which older versions of Debian use. */
  readonly text: string | undefined
}

const current = async (remote: RemoteReader): Promise<Current> => {
  const [link, text] = await Promise.all([remote.stat('/etc/localtime'), remote.read('/etc/timezone')])
  return { zone: /\/zoneinfo\/(.+)$/.exec(link?.target ?? '')?.[1], text: text?.trim() }
}

const changesOf = ({ zone, text }: Current, name: string): Change[] => [
  ...(zone === name ? [] : [{ what: '/etc/localtime', from: zone, to: name }]),
  // only if the file exists: other systems do not read it
  ...(text === undefined || text === name ? [] : [{ what: '/etc/timezone', from: text, to: name }]),
]

/** Sets the time zone of the host. */
export const timezone = defineTask({
  name: 'timezone',
  description: 'Sets the time zone of the host.',
  reads: '/etc/localtime, /etc/timezone, the zones in /usr/share/zoneinfo',
  example: { name: 'Europe/Berlin' },
  params: () =>
    z.object({
      name: z
        .string()
        .regex(/^[A-Za-z\d_+-]+(?:\/[A-Za-z\d_+-]+)*$/, 'must be a zone, such as Europe/Berlin')
        .describe('the time zone, such as Europe/Berlin'),
    }),
  title: ({ name }) => `time zone ${name}`,

  async check({ remote }, { name }) {
    const [all, zone, now] = await Promise.all([
      remote.exists(zones),
      remote.stat(`${zones}/${name}`),
      current(remote),
    ])
    if (!all) return unknown(`there are no time zones in ${zones} yet: they are in the package tzdata`)
    if (zone === undefined || zone.type === 'directory')
      throw new CoxswainError('task-failed', `the time zone ${name} does not exist on this host`, {
        hint: `the names are the files in ${zones}; some are in the package tzdata-legacy`,
      })
    return driftUnlessEmpty(changesOf(now, name))
  },

  async apply({ remote }, { name }) {
    const { text } = await current(remote)
    await remote.link('/etc/localtime', `${zones}/${name}`)
    if (text !== undefined) await remote.write('/etc/timezone', `${name}\n`)
  },
})
