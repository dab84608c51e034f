import { defineTask, drift, flag, ok, words, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { literally } from '../patterns.ts'
import { managerOf } from './package-managers/managers.ts'
import type { Wanted } from './package-managers/types.ts'

const parse = (word: string): Wanted => {
  const [name = '', version] = word.split('=')
  return { name, version }
}

/** Whether a version is the one that is wanted; `*` in it stands for anything, as it does for apt and dnf. */
const isVersion = (wanted: string, have: string): boolean =>
  new RegExp(`^${wanted.split('*').map(literally).join('.*')}$`).test(have)

interface Params {
  readonly name: readonly string[]
  readonly state: 'present' | 'absent'
  readonly purge: boolean
}

const changesFor = async (
  ctx: CheckContext,
  { name: names, state, purge }: Params,
): Promise<(Change & { wanted: Wanted })[]> => {
  const manager = await managerOf(ctx)
  const packages = names.map(parse)
  const plain = packages.map(({ name }) => name)
  const none: readonly string[] = []
  const [installed, remains] = await Promise.all([
    manager.installed(ctx, plain),
    purge && manager.remains !== undefined ? manager.remains(ctx, plain) : none,
  ])
  return packages.flatMap((wanted): (Change & { wanted: Wanted })[] => {
    const { name, version } = wanted
    const what = `package ${name}`
    const have = installed.get(name)
    if (state === 'present') {
      const right = have !== undefined && (version === undefined || isVersion(version, have))
      return right ? [] : [{ wanted, what, from: have, to: version ?? 'installed' }]
    }
    const left = remains.includes(name) ? 'only its settings' : undefined
    return have === undefined && left === undefined
      ? []
      : [{ wanted, what, from: have ?? left, to: undefined }]
  })
}

/** Hold packages installed or not installed, with the distribution's own package manager. */
export const packages = defineTask({
  name: 'package',
  description: 'Holds packages installed, at a version where one is given, or not installed.',
  reads: 'dpkg-query, rpm -q, or the database of apk',
  example: { name: ['curl', 'jq'] },
  params: z.object({
    name: words().describe('names, or name=version; * in a version stands for anything'),
    state: z.enum(['present', 'absent']).default('present'),
    refresh: flag().default(true).describe('refresh the package lists before installing'),
    purge: flag().default(false).describe('what is absent leaves no settings behind (apt)'),
  }),
  title: ({ name, state }) => `package ${name.join(', ')}${state === 'absent' ? ' absent' : ''}`,

  async check(ctx, given) {
    const changes = await changesFor(ctx, given)
    return changes.length === 0 ? ok() : drift(...changes.map(({ what, from, to }) => ({ what, from, to })))
  },

  async apply(ctx, given) {
    const manager = await managerOf(ctx)
    const wanted = (await changesFor(ctx, given)).map((change) => change.wanted)
    if (given.state === 'absent') {
      const names = wanted.map(({ name }) => name)
      return manager.remove(ctx, names, given.purge)
    }
    if (given.refresh) await manager.refresh(ctx)
    await manager.install(ctx, wanted)
  },
})
