import { CoxswainError, shell } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, CommandResult } from '../../../engine/index.ts'
import { bareName, rpmFile, rpmInstalled } from './rpm-installed.ts'
import { downloadTime, versionPattern } from './types.ts'
import type { PackageManager, PackageRequest } from './types.ts'
import { zypperRepositories } from './rpm-repositories.ts'

const options = { timeout: downloadTime }

// zypper gives its lists the time of the server
const stamp = '/var/cache/zypp/refreshed'

/** Successes of zypper: also those after which a reboot (102) or a restart of zypper (103) is recommended (zypper(8)). */
const done = new Set([0, 102, 103])

/** Runs zypper without questions. */
const zypper = async ({ remote }: ApplyContext, words: readonly string[]): Promise<void> => {
  const command = remote.run(options)`zypper --non-interactive ${words}`
  const { code }: CommandResult = await command.result()
  if (!done.has(code)) await command.orFail()
}

const rowsIn = (text: string): string[][] =>
  text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))

/** Versions from the table of `zypper list-updates`: `v | repository | NAME | current | NEW | architecture`. */
export const upgradesIn = (text: string): Map<string, string> =>
  new Map(
    rowsIn(text).flatMap(
      ([status = '', , name = '', , version = '', architecture = '']): [string, string][] =>
        status.startsWith('v')
          ? [
              [name, version],
              [`${name}.${architecture}`, version],
            ]
          : [],
    ),
  )

/** The newest version that a pattern matches, in the table of `zypper search --details`, whose newest rows come first. */
const versionLike = async ({ remote }: CheckContext, name: string, version: string): Promise<string> => {
  const search = remote.query`zypper --non-interactive --no-refresh --quiet search --details --match-exact --type package -- ${name}`
  const rows = rowsIn((await search.result()).stdout)
  const wanted = versionPattern(version)
  return rows.map(([, , , its = '']) => its).find((its) => wanted.test(its)) ?? version
}

const word = async (ctx: CheckContext, { name, version }: PackageRequest): Promise<string> => {
  if (version === undefined) return name
  return `${name}=${version.includes('*') ? await versionLike(ctx, bareName(name), version) : version}`
}

/** The names of packages in /etc/zypp/locks: stanzas of `key: value`, one for each lock. */
export const namesInLocks = (text: string): string[] =>
  text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (key: string): string | undefined =>
      new RegExp(`^${key}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(stanza)?.[1]
    const name = field('solvable_name')
    return name === undefined || !['package', undefined].includes(field('type')) ? [] : [name]
  })

/** openSUSE, SUSE Linux Enterprise and their family. */
export const zypperManager: PackageManager = {
  installed: rpmInstalled(async ({ remote }, names) => {
    const search = remote.query`zypper --non-interactive --no-refresh --quiet search --match-exact --type package -- ${names}`
    // `i | NAME | summary | package`; its status is 104 if nothing is found
    return (await search.result()).stdout.split('\n').map((line) => line.split('|')[1]?.trim() ?? '')
  }),
  upgrades: async ({ remote }, names) => {
    const all = upgradesIn(
      await remote.query`zypper --non-interactive --no-refresh --quiet list-updates --all --type package`.text(),
    )
    return new Map(
      names.flatMap((name): [string, string][] => {
        const version = all.get(name)
        return version === undefined ? [] : [[name, version]]
      }),
    )
  },
  install: async (ctx, packages, { latest, recommends }) => {
    // a name that an installed package provides does not upgrade that package
    const there = latest
      ? await zypperManager.installed(
          ctx,
          packages.map(({ name }) => name),
        )
      : undefined
    const along = recommends === undefined ? [] : [recommends ? '--recommends' : '--no-recommends']
    const wanted = await Promise.all(
      packages.map(({ name, version }) => word(ctx, { name: there?.get(name)?.as ?? name, version })),
    )
    await zypper(ctx, ['install', '--oldpackage', '--auto-agree-with-licenses', ...along, '--', ...wanted])
  },
  remove: (ctx, names) => zypper(ctx, ['remove', '--', ...names]),
  files: {
    read: rpmFile,
    install: (ctx, path, { unsigned }) =>
      zypper(ctx, [
        'install',
        '--oldpackage',
        '--auto-agree-with-licenses',
        ...(unsigned ? ['--allow-unsigned-rpm'] : []),
        path,
      ]),
  },
  holding: {
    holdsMissing: true,
    held: async ({ remote }, names) => {
      const held = new Set(namesInLocks((await remote.read('/etc/zypp/locks')) ?? ''))
      return names.filter((name) => held.has(bareName(name)))
    },
    hold: async (ctx, names, on) => {
      await zypper(ctx, [on ? 'addlock' : 'removelock', '--type', 'package', '--', ...names.map(bareName)])
      const left = await zypperManager.holding?.held(ctx, names)
      if (on ? left?.length === names.length : left?.length === 0) return
      throw new CoxswainError(
        'task-failed',
        `zypper does not ${on ? 'lock' : 'unlock'} ${names.join(', ')}`,
        {
          hint: 'a lock with a pattern can be the cause: zypper locks',
        },
      )
    },
  },
  refresh: async (ctx) => {
    await zypper(ctx, ['refresh'])
    await ctx.remote.run({
      label: 'note that the package lists were refreshed',
    })`mkdir -p /var/cache/zypp && touch ${stamp}`
  },
  refreshed: shell`ls -d /var/cache/zypp/raw/* >/dev/null && stat -c %Y ${stamp}`,
  repositories: zypperRepositories,
}
