import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  remotePath,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^\w[\w.-]*$/, 'must be the name of a gem')
        .describe('the gem'),
      version: z
        .string()
        .regex(/^\d+(?:\.[\dA-Za-z]+)*$/, 'must be a version, such as 2.3.1')
        .optional()
        .describe('the version; by default any that is installed, or else the newest; other versions stay'),
      folder: remotePath()
        .optional()
        .describe('the folder to install it in, with its own programs; by default that of all users'),
      options: words().default([]).describe('other options of gem install, such as --clear-sources'),
      state: z
        .enum(['present', 'latest', 'absent'])
        .default('present')
        .describe(
          'latest installs the newest version of the gem sources; absent removes the version, or all versions',
        ),
    })
    .refine(({ state, version }) => state !== 'latest' || version === undefined, {
      message: 'latest and a version exclude each other',
      path: ['version'],
    })
type Params = z.output<ReturnType<typeof params>>

/** Seconds for an installation, which can compile. */
const patience = 1800

const home = (folder: string | undefined) =>
  folder === undefined ? {} : { env: { GEM_HOME: folder, GEM_PATH: folder } }

/** The versions in a line of `gem list`: `name (2.0, default: 1.0, 1.5 x86_64-linux)`. */
export const versionsIn = (text: string, name: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, found, list = ''] = /^(\S+) \((.*)\)$/.exec(line.trim()) ?? []
    if (found !== name) return []
    return list.split(', ').map((one) => one.replace(/^default: /, '').split(' ')[0] ?? '')
  })

/** The installed versions; undefined without gem. */
const installed = async (remote: RemoteReader, { name, folder }: Params): Promise<string[] | undefined> => {
  const { code, stdout, stderr } = await remote.query(home(folder))`gem list --local --exact ${name}`.result()
  if (code === 127) return undefined
  if (code !== 0)
    throw new CoxswainError('command-failed', `gem list ${name}: exit status ${code}`, {
      output: stderr.trim(),
      hint: 'check the installation of Ruby with: gem list',
    })
  return versionsIn(stdout, name)
}

/** The options of gem install that say where gems are, which gem list has too. */
export const sourcesOf = (options: readonly string[]): string[] =>
  options.filter(
    (word, at) =>
      /^(?:--source=.*|--source|-s.*|--clear-sources)$/.test(word) ||
      /^(?:--source|-s)$/.test(options[at - 1] ?? ''),
  )

/** The newest version that the sources have. */
const newest = async (remote: RemoteReader, { name, options }: Params): Promise<string> => {
  const asked = [name, ...sourcesOf(options)]
  const text = await remote.query({ timeout: 300 })`gem list --remote --exact ${asked}`.text()
  const [version] = versionsIn(text, name)
  if (version !== undefined) return version
  throw new CoxswainError('task-failed', `the gem sources do not have ${name}`, {
    hint: 'check its name, and the sources with: gem sources',
  })
}

/** Installs a gem of Ruby, for all users or in a folder, or removes it. */
export const gem = defineTask({
  name: 'gem',
  description: 'Installs a gem of Ruby, for all users or in a folder of its own, or removes it.',
  reads: 'gem list; for latest also gem list --remote',
  example: { name: 'bundler', version: '2.3.15' },
  params,
  brings: ({ state }) => state !== 'absent',
  title: ({ name, version, state }) =>
    `${state === 'absent' ? 'no ' : ''}gem ${name}${version === undefined ? '' : ` ${version}`}`,

  async check({ remote }, given) {
    const { name, state } = given
    const versions = await installed(remote, given)
    if (versions === undefined)
      return state === 'absent' ? driftUnlessEmpty([]) : unknown('gem is not installed yet')
    const version = state === 'latest' ? await newest(remote, given) : given.version
    const isThere = version === undefined ? versions.length > 0 : versions.includes(version)
    if (isThere === (state !== 'absent')) return driftUnlessEmpty([])
    const what = version === undefined ? `gem ${name}` : `gem ${name} ${version}`
    const from = state === 'absent' ? (version ?? versions.join(', ')) : versions.join(', ')
    return driftUnlessEmpty([
      { what, from: from || undefined, to: state === 'absent' ? undefined : (version ?? 'installed') },
    ])
  },

  async apply({ remote }, given) {
    const { name, folder, options, state } = given
    if ((await installed(remote, given)) === undefined)
      throw new CoxswainError('task-failed', 'gem is not installed', { hint: 'install Ruby first' })
    const version = state === 'latest' ? await newest(remote, given) : given.version
    const at = { timeout: patience, ...home(folder) }
    const which = version === undefined ? [] : ['--version', version]
    if (state === 'absent')
      await remote.run(
        at,
      )`gem uninstall ${[name, ...(version === undefined ? ['--all'] : which), '--executables', '--ignore-dependencies']}`
    else await remote.run(at)`gem install ${[name, ...which, '--no-document', ...options]}`
  },
})
