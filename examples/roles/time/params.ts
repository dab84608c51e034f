/** The parameters of the role. */
import { flag, secret, z } from 'coxswain'

const name = z
  .string()
  .regex(/^(?:[A-Za-z\d][\w.-]*|[\da-fA-F.:]+)$/, 'must be a host name or an address')
  .describe('a host name or an address')
const network = z
  .string()
  .regex(
    /^(?:all|[\da-fA-F.:]+(?:\/\d{1,3})?)$/,
    'must be an address, a network such as 192.0.2.0/24, or all',
  )
const poll = z.number().int().min(-6).max(24).optional()

/** Where time comes from: a name, or a name with settings. */
const source = z.union([
  name.transform((host) => ({ host })),
  z.strictObject({
    host: name,
    iburst: flag().default(true).describe('send four requests at the start, for a first answer in seconds'),
    prefer: flag().default(false).describe('prefer it to sources without this mark'),
    trust: flag().default(false).describe('never reject it because others disagree'),
    nts: flag().default(false).describe('authenticate it with Network Time Security (chrony 4)'),
    key: z.number().int().min(1).optional().describe('the ID of its key, from `keys`'),
    minPoll: poll.describe('the shortest interval, as a power of 2 in seconds; 6 (64 s) by default'),
    maxPoll: poll.describe('the longest interval, as a power of 2 in seconds; 10 (1024 s) by default'),
    maxSources: z
      .number()
      .int()
      .min(1)
      .max(16)
      .optional()
      .describe('of a pool: how many of its servers are used'),
  }),
])

/** A time source, as the role uses it. */
export type Source = z.output<typeof source>

const schema = z
  .object({
    client: z
      .enum(['auto', 'chrony', 'timesyncd'])
      .default('auto')
      .describe(
        'the program. auto is systemd-timesyncd where the host has it, does not have chrony, and no parameter needs chrony; else chrony',
      ),
    pools: z
      .array(source)
      .optional()
      .describe('names with several servers each; pool.ntp.org by default, unless `servers` are given'),
    servers: z.array(source).default([]).describe('single servers'),
    peers: z.array(source).default([]).describe('hosts that keep time with this one (chrony)'),
    fallback: z.array(name).default([]).describe('servers that are used if there are no others (timesyncd)'),
    dhcp: flag().default(false).describe('also use servers that DHCP names (chrony)'),
    enabled: flag().default(true).describe('whether the service runs, now and at boot'),
    timezone: z.string().optional().describe('the time zone, such as Europe/Berlin; unchanged by default'),
    removeOthers: flag()
      .default(true)
      .describe('stop other time services, so that two of them do not set the clock'),
    step: z
      .object({
        threshold: z.number().min(0).default(1).describe('seconds'),
        limit: z.number().int().min(-1).default(3).describe('how many times after the start; -1 is always'),
      })
      .default({ threshold: 1, limit: 3 })
      .describe(
        'when the clock is set at once and not slowly: if it is wrong by more than the threshold (chrony)',
      ),
    rtcSync: flag().default(true).describe('copy the time to the hardware clock (chrony)'),
    minSources: z.number().int().min(1).default(1).describe('how many sources must agree (chrony)'),
    maxUpdateSkew: z
      .number()
      .min(0)
      .default(100)
      .describe('ppm; less certain measurements are ignored (chrony)'),
    allow: z
      .array(network)
      .default([])
      .describe('networks that can ask this host for the time, or all (chrony)'),
    deny: z.array(network).default([]).describe('networks that cannot (chrony)'),
    localStratum: z
      .number()
      .int()
      .min(1)
      .max(15)
      .optional()
      .describe('serve time at this stratum even if no source answers (chrony)'),
    bindAddresses: z
      .array(name)
      .max(2)
      .default([])
      .describe('addresses that are served, one of each family (chrony)'),
    commandPort: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe('UDP port for chronyc over the network; 323 by default, and 0 closes it (chrony)'),
    keys: z
      .array(
        z.object({
          id: z.number().int().min(1).describe('its number'),
          type: z.enum(['SHA1', 'SHA256', 'SHA384', 'SHA512', 'AES128', 'AES256']).default('SHA256'),
          key: secret().describe('the key, as chrony writes it: HEX:… or ASCII:…'),
        }),
      )
      .default([])
      .describe('symmetric keys, in a file of their own (chrony)'),
    log: z
      .array(
        z.enum(['measurements', 'statistics', 'tracking', 'rtc', 'refclocks', 'tempcomp', 'rawmeasurements']),
      )
      .default([])
      .describe('what chrony writes to /var/log/chrony'),
    leapSecondZone: z
      .string()
      .regex(/^[\w/+-]+$/)
      .optional()
      .describe('the time zone that lists leap seconds, such as right/UTC (chrony)'),
    hardwareTimestamps: z
      .array(z.string().regex(/^[\w*.:-]+$/))
      .default([])
      .describe('network interfaces that stamp packets, or * (chrony)'),
    extra: z
      .array(z.string().regex(/^[^\n]+$/))
      .default([])
      .describe('further lines of chrony.conf'),
  })
  .refine(
    ({ servers, keys }) =>
      servers.every(
        (one) => !('key' in one) || one.key === undefined || keys.some(({ id }) => id === one.key),
      ),
    {
      message: 'a server names a key that is not in keys',
      path: ['servers'],
    },
  )

/** The parameters, checked and with defaults. */
export type Params = z.output<typeof schema>

const isSet = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined)

/** Parameters that are given, and that timesyncd does not have. */
const chronyOnly = (given: Params): string[] => {
  const { peers, allow, deny, bindAddresses, keys, log, hardwareTimestamps, extra } = given
  const { localStratum, commandPort, leapSecondZone } = given
  const lists = { peers, allow, deny, bindAddresses, keys, log, hardwareTimestamps, extra }
  const all = { ...lists, localStratum, commandPort, leapSecondZone, dhcp: given.dhcp || undefined }
  const sources = [...given.servers, ...(given.pools ?? [])]
  return [
    ...Object.entries(all).flatMap(([key, value]) => (isSet(value) ? [key] : [])),
    ...(['nts', 'key', 'minPoll', 'maxPoll', 'maxSources', 'prefer', 'trust'] as const).filter((key) =>
      sources.some((one) => key in one && isSet(Reflect.get(one, key) || undefined)),
    ),
  ]
}

/** The schema: each parameter with its default. */
export const params = schema.superRefine((given, ctx) => {
  const chrony = given.client === 'timesyncd' ? chronyOnly(given) : []
  if (chrony.length > 0)
    ctx.addIssue({
      code: 'custom',
      path: ['client'],
      message: `timesyncd does not have ${chrony.join(', ')}: take chrony or auto`,
    })
})

/**
 * The program to use.
 *
 * @param found what the host has, in words: `chrony`, `timesyncd`.
 */
export const clientOf = (given: Params, found: readonly string[]): 'chrony' | 'timesyncd' => {
  if (given.client !== 'auto') return given.client
  return found.includes('timesyncd') && !found.includes('chrony') && chronyOnly(given).length === 0
    ? 'timesyncd'
    : 'chrony'
}

/** The pools: that of the NTP Pool Project if nothing else is given. */
export const poolsOf = ({ pools, servers, dhcp }: Params): readonly Source[] =>
  pools ?? (servers.length > 0 || dhcp ? [] : [{ host: 'pool.ntp.org' }])
