/** The text of the configuration files. Pure. */
import { poolsOf } from './params.ts'
import type { Params, Source } from './params.ts'

/** Where a family of distributions has the files of chrony, and what its service is called. */
export interface Layout {
  readonly conf: string
  readonly keys: string
  /** The group of the service, which reads the keys. */
  readonly group: string
  readonly drift: string
  readonly service: string
}

/** By family; a family is in os-release(5). */
export const layoutOf = (family: readonly string[]): Layout => {
  if (family.includes('debian'))
    return {
      conf: '/etc/chrony/chrony.conf',
      keys: '/etc/chrony/chrony.keys',
      group: '_chrony',
      drift: '/var/lib/chrony/chrony.drift',
      service: 'chrony',
    }
  if (family.includes('alpine'))
    return {
      conf: '/etc/chrony/chrony.conf',
      keys: '/etc/chrony/chrony.keys',
      group: 'chrony',
      drift: '/var/lib/chrony/chrony.drift',
      service: 'chronyd',
    }
  return {
    conf: '/etc/chrony.conf',
    keys: '/etc/chrony.keys',
    group: 'chrony',
    drift: '/var/lib/chrony/drift',
    service: 'chronyd',
  }
}

const sourceLine = (word: string, one: Source): string => {
  if (!('iburst' in one)) return `${word} ${one.host} ${word === 'peer' ? '' : 'iburst'}`.trimEnd()
  const options = [
    one.iburst && word !== 'peer' && 'iburst',
    one.prefer && 'prefer',
    one.trust && 'trust',
    one.nts && 'nts',
    one.key !== undefined && `key ${one.key}`,
    one.minPoll !== undefined && `minpoll ${one.minPoll}`,
    one.maxPoll !== undefined && `maxpoll ${one.maxPoll}`,
    one.maxSources !== undefined && word === 'pool' && `maxsources ${one.maxSources}`,
  ]
  return [word, one.host, ...options.filter((option) => option !== false)].join(' ')
}

/** chrony.conf(5). */
export const chronyText = (given: Params, { keys, drift }: Layout): string =>
  [
    '# Written by the role time; changes are overwritten.',
    ...poolsOf(given).map((one) => sourceLine('pool', one)),
    ...given.servers.map((one) => sourceLine('server', one)),
    ...given.peers.map((one) => sourceLine('peer', one)),
    ...(given.dhcp ? ['sourcedir /run/chrony-dhcp'] : []),
    `driftfile ${drift}`,
    `makestep ${given.step.threshold} ${given.step.limit}`,
    `maxupdateskew ${given.maxUpdateSkew}`,
    `minsources ${given.minSources}`,
    ...(given.rtcSync ? ['rtcsync'] : []),
    ...(given.keys.length > 0 ? [`keyfile ${keys}`] : []),
    ...given.allow.map((net) => (net === 'all' ? 'allow all' : `allow ${net}`)),
    ...given.deny.map((net) => (net === 'all' ? 'deny all' : `deny ${net}`)),
    ...(given.localStratum === undefined ? [] : [`local stratum ${given.localStratum}`]),
    ...given.bindAddresses.map((address) => `bindaddress ${address}`),
    ...(given.commandPort === undefined ? [] : [`cmdport ${given.commandPort}`]),
    ...(given.leapSecondZone === undefined ? [] : [`leapsectz ${given.leapSecondZone}`]),
    ...given.hardwareTimestamps.map((one) => `hwtimestamp ${one}`),
    'logdir /var/log/chrony',
    ...(given.log.length > 0 ? [`log ${given.log.join(' ')}`] : []),
    ...given.extra,
    '',
  ].join('\n')

/** timesyncd.conf(5). */
export const timesyncdText = (given: Params): string =>
  [
    '# Written by the role time; changes are overwritten.',
    '[Time]',
    `NTP=${[...given.servers, ...poolsOf(given)].map(({ host }) => host).join(' ')}`,
    ...(given.fallback.length > 0 ? [`FallbackNTP=${given.fallback.join(' ')}`] : []),
    '',
  ].join('\n')
