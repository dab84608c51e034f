import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  remotePath,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext, RemoteReader } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  indexOptions,
  normalName,
  requirementIn,
  requirementsIn,
  satisfies,
} from './languages/requirements.ts'
import type { Requirement } from './languages/requirements.ts'

const params = () =>
  z
    .object({
      name: words()
        .refine((names) => names.every((name) => requirementIn(name) !== undefined), {
          message: 'must be names of packages, such as flask, flask==3.0.2 or "flask>=3"',
        })
        .default([])
        .describe('the packages, with or without a version, such as flask==3.0.2'),
      virtualenv: remotePath().describe('the virtual environment; made if it does not exist'),
      requirements: remoteFile()
        .optional()
        .describe('a requirements file on the host, with names and versions'),
      python: z
        .string()
        .regex(/^[^\s-]\S*$/, 'must be the name of a program')
        .default('python3')
        .describe('the Python that makes the virtual environment'),
      systemPackages: flag()
        .default(false)
        .describe('a new virtual environment also sees the packages of the system'),
      options: words().default([]).describe('other options of pip install, such as --index-url and its URL'),
      state: z
        .enum(['present', 'latest', 'absent'])
        .default('present')
        .describe(
          'latest also upgrades the packages of name that are given without a version; absent removes the packages of name',
        ),
    })
    .refine(({ state, name }) => state === 'present' || name.length > 0, {
      message: 'say which packages to upgrade or to remove',
      path: ['name'],
    })
type Params = z.output<ReturnType<typeof params>>

const installedList = z.array(z.object({ name: z.string(), version: z.string() }))
const outdatedList = z.array(z.object({ name: z.string(), version: z.string(), latest_version: z.string() }))

/** Seconds for an installation, which can compile. */
const patience = 1800

/** The packages of a virtual environment with their versions; undefined without one, or where it does not have pip. */
const installedIn = async (
  remote: RemoteReader,
  virtualenv: string,
): Promise<ReadonlyMap<string, string> | undefined> => {
  const python = `${virtualenv}/bin/python`
  if (!(await remote.exists(python))) return undefined
  const query = remote.query`${python} -m pip list --format=json --disable-pip-version-check`
  const { code, stdout, stderr } = await query.result()
  if (code !== 0 && /No module named pip/.test(stderr)) return undefined
  if (code !== 0)
    throw new CoxswainError('command-failed', `pip of ${virtualenv} does not work`, {
      output: stderr.trim(),
      hint: 'its Python could be gone: remove the virtual environment, and run the task again',
    })
  return new Map(
    installedList.parse(JSON.parse(stdout)).map(({ name, version }) => [normalName(name), version]),
  )
}

/**
 * Whether pip finds a requirement satisfied. Without configuration and index there is nothing that it could install: it is satisfied,
 * or fails.
 */
const pipAccepts = (remote: RemoteReader, virtualenv: string, text: string): Promise<boolean> =>
  remote.query({
    env: { PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' },
    label: `pip: is ${text} installed?`,
  })`${virtualenv}/bin/python -m pip install --disable-pip-version-check --quiet --no-index --no-deps ${text}`.succeeds()

/**
 * Whether a package is installed with the packages of its extras: pip would install nothing more. It asks no index, and `--dry-run`
 * (pip 22.2 and newer) keeps it from installing what a requirement has a URL for.
 *
 * @throws `command-failed` with an older pip.
 */
const hasExtras = async (remote: RemoteReader, virtualenv: string, text: string): Promise<boolean> => {
  const query = remote.query({
    env: { PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' },
    label: `pip: is ${text} installed with its extras?`,
  })`${virtualenv}/bin/python -m pip install --disable-pip-version-check --dry-run --no-index ${text}`
  const { code, stdout, stderr } = await query.result()
  if (code === 2 && stderr.includes('--dry-run'))
    throw new CoxswainError(
      'command-failed',
      `pip of ${virtualenv} cannot tell whether ${text} is installed`,
      {
        output: stderr.trim(),
        hint: 'upgrade pip there to 22.2 or newer, or list the packages of the extras by name',
      },
    )
  return code === 0 && !/^Would install /m.test(stdout)
}

/** The requirements of both parameters; undefined if the file does not exist. */
const wantedBy = async (
  remote: RemoteReader,
  { name, requirements }: Params,
): Promise<Requirement[] | undefined> => {
  const named = name.flatMap((one) => requirementIn(one) ?? [])
  if (requirements === undefined) return named
  const text = await remote.read(requirements)
  return text === undefined ? undefined : [...named, ...requirementsIn(text, requirements)]
}

/** Newer versions of the packages of name that the index has, with state latest. */
const outdatedOf = async (
  remote: RemoteReader,
  { name, virtualenv, state, options }: Params,
  installed: ReadonlyMap<string, string> | undefined,
): Promise<Change[]> => {
  if (state !== 'latest' || installed === undefined) return []
  const asked = [
    'list',
    '--outdated',
    '--format=json',
    '--disable-pip-version-check',
    '--no-cache-dir',
    ...indexOptions(options),
  ]
  const query = remote.query({ timeout: 300 })`${virtualenv}/bin/python -m pip ${asked}`
  // a condition on the version could exclude the newest one
  const unconditional = name
    .flatMap((text) => requirementIn(text) ?? [])
    .filter(({ version }) => version === '')
  const names = new Set(unconditional.map((one) => one.name))
  return outdatedList
    .parse(JSON.parse(await query.text()))
    .filter((one) => names.has(normalName(one.name)))
    .map((one) => ({
      what: `${normalName(one.name)} in ${virtualenv}`,
      from: one.version,
      to: one.latest_version,
    }))
}

const missingOf = async (
  remote: RemoteReader,
  virtualenv: string,
  wanted: readonly Requirement[],
  installed: ReadonlyMap<string, string> | undefined,
): Promise<Requirement[]> => {
  const found = await Promise.all(
    wanted.map(async (one): Promise<boolean> => {
      if (installed === undefined) return false
      if (one.extras !== '' && satisfies(one, installed.get(one.name)) !== false)
        return hasExtras(remote, virtualenv, one.text)
      return satisfies(one, installed.get(one.name)) ?? pipAccepts(remote, virtualenv, one.text)
    }),
  )
  return wanted.filter((_, at) => found[at] !== true)
}

const lacksPython = async ({ remote }: CheckContext, { python }: Params): Promise<boolean> =>
  !(await remote.query`command -v ${python}`.succeeds())

/** Installs Python packages in a virtual environment, or removes them. */
export const pip = defineTask({
  name: 'pip',
  description:
    'Installs Python packages with pip in a virtual environment, which it makes if there is none, or removes them.',
  reads:
    'pip list in the virtual environment; for conditions such as >= and for extras, what pip says of them; for latest, pip list --outdated',
  example: { name: 'flask==3.0.2', virtualenv: '/opt/app/venv' },
  params,
  brings: ({ state }) => state !== 'absent',
  title: ({ name, virtualenv, requirements, state }) =>
    `${state === 'absent' ? 'no ' : ''}${[...name, ...(requirements === undefined ? [] : [requirements])].join(', ') || 'packages'} in ${virtualenv}`,

  async check(ctx, given) {
    const { remote } = ctx
    const { name, virtualenv, requirements, state } = given
    const installed = await installedIn(remote, virtualenv)
    if (state === 'absent')
      return driftUnlessEmpty(
        name.flatMap((text): Change[] => {
          const from = installed?.get(requirementIn(text)?.name ?? text)
          return from === undefined ? [] : [{ what: `${text} in ${virtualenv}`, from, to: undefined }]
        }),
      )
    if (installed === undefined && (await lacksPython(ctx, given)))
      return unknown(`${given.python} is not installed yet`)
    const wanted = await wantedBy(remote, given)
    if (wanted === undefined) return unknown(`${requirements} does not exist yet`)
    const [missing, outdated] = await Promise.all([
      missingOf(remote, virtualenv, wanted, installed),
      outdatedOf(remote, given, installed),
    ])
    const lacking = new Set(missing.map((one) => `${one.name} in ${virtualenv}`))
    return driftUnlessEmpty([
      ...(installed === undefined ? [{ what: virtualenv, to: 'a virtual environment' }] : []),
      ...missing.map((one) => ({
        what: `${one.name} in ${virtualenv}`,
        from: installed?.get(one.name),
        to: `${one.version || 'installed'}${one.extras && ` with ${one.extras}`}`,
      })),
      ...outdated.filter(({ what }) => !lacking.has(what)),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { name, virtualenv, requirements, state, python, systemPackages, options } = given
    const own = `${virtualenv}/bin/python`
    const pipOf = [own, '-m', 'pip', '--disable-pip-version-check', '--no-input']
    const installed = await installedIn(remote, virtualenv)
    if (state === 'absent') {
      const names = name.map((text) => requirementIn(text)?.name ?? text)
      await remote.run({ timeout: patience })`${pipOf} uninstall --yes ${names}`
      return
    }
    if (installed === undefined) {
      if (await lacksPython(ctx, given))
        throw new CoxswainError('task-failed', `${python} is not installed`, { hint: 'install it first' })
      const flags = systemPackages ? ['--system-site-packages', virtualenv] : [virtualenv]
      await remote.run({ timeout: patience })`${python} -m venv ${flags}`
    }
    const wanted = await wantedBy(remote, given)
    if (wanted === undefined)
      throw new CoxswainError('task-failed', `${requirements} does not exist`, { hint: 'copy it first' })
    if (wanted.length === 0) return
    const how = state === 'latest' ? ['--upgrade', ...options] : options
    const what = [...how, ...name, ...(requirements === undefined ? [] : ['--requirement', requirements])]
    await remote.run({ timeout: patience })`${pipOf} install ${what}`
  },
})
