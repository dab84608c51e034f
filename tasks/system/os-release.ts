import { defineTask, drift, ok, z } from '../../engine/index.ts'

export interface OsRelease {
  /** Such as `debian`, `fedora`, `alpine`. */
  readonly id: string
  /** The distributions that it descends from, itself first. */
  readonly family: readonly string[]
  /** Such as `12`; empty where the distribution has none. */
  readonly version: string
}

/** The lines of os-release(5), read. */
export const parseOsRelease = (text: string): OsRelease => {
  const value = (key: string): string =>
    (new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '').replace(/^(["'])(.*)\1$/, '$2')
  const id = value('ID') || 'linux'
  return {
    id,
    family: [
      id,
      ...value('ID_LIKE')
        .split(' ')
        .filter((word) => word !== ''),
    ],
    version: value('VERSION_ID'),
  }
}

/** Which distribution a host runs. */
export const osRelease = defineTask({
  name: 'os-release',
  description: 'Reads which distribution a host runs.',
  reads: '/etc/os-release',
  example: {},
  params: z.object({}),
  async check({ remote }) {
    const text = await remote.read('/etc/os-release')
    return text === undefined ? drift('there is no /etc/os-release') : ok(parseOsRelease(text))
  },
})
