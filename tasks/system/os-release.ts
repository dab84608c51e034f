import { defineTask, drift, ok, z } from '../../engine/index.ts'

export interface OsRelease {
  /** For example `debian`, `fedora`, `alpine`. */
  readonly id: string
  /** The distribution itself, followed by those that it is derived from. */
  readonly family: readonly string[]
  /** For example `12`; empty if the distribution does not have a version. */
  readonly version: string
}

/** Parses the lines of os-release(5). */
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
