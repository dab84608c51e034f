import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import { noSemanage, portTypesIn, semanageList, semanagePackage } from './selinux-policy/semanage.ts'

const params = () =>
  z.object({
    ports: z.coerce
      .string<string | number>()
      .regex(/^\d{1,5}(?:-\d{1,5})?$/, 'must be a port or a range, such as 8443 or 8000-8010')
      .refine((text) => {
        const [low = 0, high = low] = text.split('-').map(Number)
        return low >= 1 && low <= high && high <= 65_535
      }, 'must be a port from 1 to 65535, or a range of them')
      .describe('a port or a range, such as 8443 or 8000-8010'),
    protocol: z.enum(['tcp', 'udp', 'dccp', 'sctp']).default('tcp').describe('the protocol'),
    type: z.string().regex(/^\w+$/, 'must be a type of SELinux').describe('the type, such as http_port_t'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes what was added to the policy of the distribution'),
  })
type Params = z.output<ReturnType<typeof params>>

interface Found {
  /** The type that was added on this host. */
  readonly own: string | undefined
  /** The types in the policy and in what was added. */
  readonly all: readonly string[]
}

const look = async (remote: RemoteReader, { ports, protocol }: Params): Promise<Found | undefined> => {
  const list = ['port', '--list', '--noheading']
  const [all, own] = await Promise.all([
    semanageList(remote, list),
    semanageList(remote, [...list, '--locallist']),
  ])
  if (all === undefined || own === undefined) return undefined
  const typesIn = (lines: readonly string[]): string[] =>
    portTypesIn(lines)
      .filter((one) => one.protocol === protocol && one.ports.includes(ports))
      .map(({ type }) => type)
  return { own: typesIn(own)[0], all: typesIn(all) }
}

/** @throws `task-failed` if the type that was added is another one: someone else could need it. */
const insistOnType = ({ own }: Found, { ports, protocol, type, state }: Params): void => {
  if (state === 'present' || own === undefined || own === type) return
  throw new CoxswainError(
    'task-failed',
    `${protocol} ${ports} has the type ${own} on this host, not ${type}`,
    {
      hint: `to remove it, set type to ${own}`,
    },
  )
}

const isSet = ({ own, all }: Found, type: string): boolean =>
  (own ?? (all.includes(type) ? type : undefined)) === type

/** Gives a port a type of SELinux. */
export const selinuxPort = defineTask({
  name: 'selinux-port',
  description:
    'Gives a port, or a range of ports, a type of SELinux, so that services of that type can listen on it.',
  reads: 'semanage port --list',
  example: { ports: 8443, type: 'http_port_t' },
  params,
  title: ({ ports, protocol, type, state }) =>
    state === 'absent' ? `no SELinux type of ${protocol} ${ports}` : `SELinux ${protocol} ${ports}: ${type}`,

  async check({ remote }, given) {
    const { ports, protocol, type, state } = given
    const found = await look(remote, given)
    if (found === undefined) return unknown(noSemanage)
    insistOnType(found, given)
    const what = `type of ${protocol} ${ports}`
    if (state === 'absent')
      return driftUnlessEmpty(found.own === type ? [{ what, from: type, to: undefined }] : [])
    const from = found.own ?? found.all.join(', ')
    return driftUnlessEmpty(isSet(found, type) ? [] : [{ what, from: from || undefined, to: type }])
  },

  async apply({ remote }, given) {
    const { ports, protocol, type, state } = given
    const found = await look(remote, given)
    if (found === undefined)
      throw new CoxswainError('task-failed', 'semanage is not installed', { hint: semanagePackage })
    insistOnType(found, given)
    const how =
      state === 'absent' ? ['--delete'] : [found.all.length > 0 ? '--modify' : '--add', '--type', type]
    await remote.run({ timeout: 300 })`semanage port ${[...how, '--proto', protocol, ports]}`
  },
})
