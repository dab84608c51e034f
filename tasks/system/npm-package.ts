import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  remotePath,
  shellFile,
  shellProgram,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'
import { lockChanges } from './languages/npm-lock.ts'

const newestProgram = shellFile(import.meta.url, 'npm-newest.sh')

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^(?:@[\w.-]+\/)?[\w][\w.-]*$/, 'must be the name of a package, such as pm2 or @scope/name')
        .optional()
        .describe('the package; without it, all of package-lock.json in the folder'),
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+[\w.+-]*$/, 'must be a complete version, such as 5.3.0')
        .optional()
        .describe('the version; by default any that is installed, or else the newest'),
      folder: remotePath()
        .optional()
        .describe('the folder of a project; by default it is installed for all users'),
      production: flag().default(false).describe('without a name: leave out packages for development'),
      options: words()
        .default([])
        .describe('other options of npm install or npm ci, such as --ignore-scripts'),
      state: z
        .enum(['present', 'latest', 'absent'])
        .default('present')
        .describe('latest installs the newest version of the registry; absent removes the package'),
    })
    .refine(({ name, folder }) => name !== undefined || folder !== undefined, {
      message: 'a name or a folder is needed',
    })
    .refine(
      ({ name, version, state }) => name !== undefined || (version === undefined && state === 'present'),
      {
        message: 'version, state=latest and state=absent need a name',
        path: ['name'],
      },
    )
    .refine(({ state, version }) => state !== 'latest' || version === undefined, {
      message: 'latest and a version exclude each other',
      path: ['version'],
    })
type Params = z.output<ReturnType<typeof params>>

/** Seconds for an installation. */
const patience = 1800

const hasNpm = (remote: RemoteReader): Promise<boolean> => remote.query`command -v npm`.succeeds()

const manifest = z.object({ version: z.string() })

/** The installed version of a package; undefined if there is none. */
const versionOf = async (remote: RemoteReader, { name, folder }: Params): Promise<string | undefined> => {
  // with this cache npm does not write a log
  const modules =
    folder === undefined
      ? (await remote.query`npm root --global --no-update-notifier --cache=/dev/null`.text()).trim()
      : `${folder}/node_modules`
  const text = await remote.read(`${modules}/${name}/package.json`)
  return text === undefined ? undefined : manifest.parse(JSON.parse(text)).version
}

/** The newest version that the registry has, with the options and the .npmrc of the installation. */
const newest = async (
  remote: RemoteReader,
  { name = '', folder, options }: Pick<Params, 'name' | 'folder' | 'options'>,
): Promise<string> => {
  const at = { timeout: 300, ...(folder !== undefined && { cwd: folder }) }
  const label = `npm view ${name} version`
  return (
    await remote.query({ ...at, label })`${shellProgram(newestProgram, name, ...options)}`.text()
  ).trim()
}

/** What of the lock file of a project is not installed; undefined if it does not exist. */
const projectChanges = async (
  remote: RemoteReader,
  folder: string,
  production: boolean,
): Promise<Change[] | undefined> => {
  const [lock, installed] = await Promise.all([
    remote.read(`${folder}/package-lock.json`),
    // npm 7 and newer keep there what they installed
    remote.read(`${folder}/node_modules/.package-lock.json`),
  ])
  return lock === undefined ? undefined : lockChanges(folder, lock, installed, production)
}

/** Installs a package of npm, for all users or in a project, or all packages of a project's lock file. */
export const npmPackage = defineTask({
  name: 'npm-package',
  description:
    'Installs a package with npm for all users or in the folder of a project, or removes it; without a name, installs what package-lock.json has, with npm ci.',
  reads:
    'package.json of the package; for latest npm view; for a project package-lock.json and node_modules/.package-lock.json',
  example: { name: 'pm2', version: '5.3.0' },
  params,
  brings: ({ state }) => state !== 'absent',
  title: ({ name, version, folder, state }) =>
    `${state === 'absent' ? 'no ' : ''}npm ${name === undefined ? 'packages' : `package ${name}`}${version === undefined ? '' : ` ${version}`}${folder === undefined ? '' : ` in ${folder}`}`,

  async check({ remote }, given) {
    const { name, folder, state, production } = given
    if (!(await hasNpm(remote)))
      return state === 'absent' ? driftUnlessEmpty([]) : unknown('npm is not installed yet')
    if (name === undefined) {
      const changes = await projectChanges(remote, folder ?? '', production)
      return changes === undefined
        ? unknown(`${folder}/package-lock.json does not exist yet`)
        : driftUnlessEmpty(changes)
    }
    // its .npmrc can name another registry
    if (state === 'latest' && folder !== undefined && !(await remote.exists(folder)))
      return unknown(`${folder} does not exist yet`)
    const from = await versionOf(remote, given)
    const version = state === 'latest' ? await newest(remote, given) : given.version
    const isRight = state === 'absent' ? from === undefined : from !== undefined && (version ?? from) === from
    const to = state === 'absent' ? undefined : (version ?? 'installed')
    return driftUnlessEmpty(isRight ? [] : [{ what: `npm package ${name}`, from, to }])
  },

  async apply({ remote }, given) {
    const { name, folder, state, production, options } = given
    if (!(await hasNpm(remote)))
      throw new CoxswainError('task-failed', 'npm is not installed', {
        hint: 'install it first, with the task package',
      })
    const place = folder === undefined ? ['--global'] : []
    const at = { timeout: patience, ...(folder !== undefined && { cwd: folder }) }
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier']
    if (name === undefined) {
      if ((await projectChanges(remote, folder ?? '', production)) === undefined)
        throw new CoxswainError('task-failed', `${folder}/package-lock.json does not exist`, {
          hint: 'copy the project first; npm install makes the file',
        })
      await remote.run(at)`npm ci ${[...quiet, ...(production ? ['--omit=dev'] : []), ...options]}`
      return
    }
    const version = state === 'latest' ? await newest(remote, given) : given.version
    const word = state === 'absent' ? 'uninstall' : 'install'
    const what = version === undefined ? name : `${name}@${version}`
    const more = state === 'absent' ? [] : options
    await remote.run(at)`npm ${[word, ...place, ...quiet, ...more, state === 'absent' ? name : what]}`
  },
})
