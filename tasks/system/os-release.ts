import { defineTask, drift, ok, z } from '../../engine/index.ts'

export interface OsRelease {
  /** For example `debian`, `fedora`, `alpine`. */
  readonly id: string
  /** The distribution itself, followed by those that it is derived from. */
  readonly family: readonly string[]
  /** For example `12`; empty if the distribution does not have a version. */
  readonly version: string
  /** The version up to its first dot. */
  readonly major: string
  /** For example `bookworm`; empty if the distribution does not name its versions. */
  readonly codename: string
  /** For example `Debian GNU/Linux`. */
  readonly name: string
  /** Which package manager and paths to expect: the family of distributions that it belongs to. */
  readonly osFamily: OsFamily
}

/** A family of distributions. */
export type OsFamily = 'debian' | 'redhat' | 'suse' | 'alpine' | 'arch' | 'other'

/** The family of distributions of each name in ID and ID_LIKE. */
const families: ReadonlyMap<string, OsFamily> = new Map([
  ['debian', 'debian'],
  ['ubuntu', 'debian'],
  ['rhel', 'redhat'],
  ['centos', 'redhat'],
  ['fedora', 'redhat'],
  ['amzn', 'redhat'],
  ['suse', 'suse'],
  ['sles', 'suse'],
  ['alpine', 'alpine'],
  ['arch', 'arch'],
])

/** Parses the lines of os-release(5). */
export const parseOsRelease = (text: string): OsRelease => {
  const value = (key: string): string =>
    (new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '').replace(/^(["'])(.*)\1$/, '$2')
  const id = value('ID') || 'linux'
  const version = value('VERSION_ID')
  const family = [
    id,
    ...value('ID_LIKE')
      .split(' ')
      .filter((word) => word !== ''),
  ]
  return {
    id,
    family,
    version,
    major: version.split('.')[0] ?? '',
    codename: value('VERSION_CODENAME'),
    name: value('NAME') || 'Linux',
    osFamily: family.map((name) => families.get(name)).find((one) => one !== undefined) ?? 'other',
  }
}

/** Reads which distribution a host runs. */
export const osRelease = defineTask({
  name: 'os-release',
  description: 'Reads which distribution a host runs.',
  reads: '/etc/os-release',
  example: {},
  params: () => z.object({}),
  fixed: true,
  async check({ remote }) {
    const text = await remote.read('/etc/os-release')
    return text === undefined ? drift('/etc/os-release does not exist') : ok(parseOsRelease(text))
  },
})
