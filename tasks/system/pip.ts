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
import { hasExtras, installedIn, pipAccepts, siteOf } from './languages/pip-site.ts'
import type { Site } from './languages/pip-site.ts'

const params = () =>
  z
    .object({
      name: words()
        .refine((names) => names.every((name) => requirementIn(name) !== undefined), {
          message: 'must be names of packages, such as flask, flask==3.0.2 or "flask>=3"',
        })
        .default([])
        .describe('the packages, with or without a version, such as flask==3.0.2'),
      virtualenv: remotePath()
        .optional()
        .describe(
          'the virtual environment; made if it does not exist. Without one, the packages are those of python itself, and pip must be installed for it',
        ),
      breakSystemPackages: flag()
        .default(false)
        .describe(
          'without a virtual environment: also change a Python that the distribution manages (PEP 668), which pip refuses otherwise',
        ),
      requirements: remoteFile()
        .optional()
        .describe('a requirements file on the host, with names and versions'),
      python: z
        .string()
        .regex(/^[^\s-]\S*$/, 'must be the name of a program')
        .default('python3')
        .describe('the Python that makes the virtual environment, or whose packages they are'),
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
    .refine(({ virtualenv, systemPackages }) => virtualenv !== undefined || !systemPackages, {
      message: 'is for a virtual environment',
      path: ['systemPackages'],
    })
    .refine(({ virtualenv, breakSystemPackages }) => virtualenv === undefined || !breakSystemPackages, {
      message: 'is for packages without a virtual environment',
      path: ['breakSystemPackages'],
    })
    .refine(({ state, name }) => state === 'present' || name.length > 0, {
      message: 'say which packages to upgrade or to remove',
      path: ['name'],
    })
type Params = z.output<ReturnType<typeof params>>

const outdatedList = z.array(z.object({ name: z.string(), version: z.string(), latest_version: z.string() }))

/** Seconds for an installation, which can compile. */
const patience = 1800

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
  { name, state, options }: Params,
  site: Site,
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
  const query = remote.query({ timeout: 300 })`${site.python} -m pip ${asked}`
  // a condition on the version could exclude the newest one
  const unconditional = name
    .flatMap((text) => requirementIn(text) ?? [])
    .filter(({ version }) => version === '')
  const names = new Set(unconditional.map((one) => one.name))
  return outdatedList
    .parse(JSON.parse(await query.text()))
    .filter((one) => names.has(normalName(one.name)))
    .map((one) => ({
      what: `${normalName(one.name)} in ${site.what}`,
      from: one.version,
      to: one.latest_version,
    }))
}

const missingOf = async (
  remote: RemoteReader,
  site: Site,
  wanted: readonly Requirement[],
  installed: ReadonlyMap<string, string> | undefined,
): Promise<Requirement[]> => {
  const found = await Promise.all(
    wanted.map(async (one): Promise<boolean> => {
      if (installed === undefined) return false
      if (one.extras !== '' && satisfies(one, installed.get(one.name)) !== false)
        return hasExtras(remote, site, one.text)
      return satisfies(one, installed.get(one.name)) ?? pipAccepts(remote, site, one.text)
    }),
  )
  return wanted.filter((_, at) => found[at] !== true)
}

const lacksPython = async ({ remote }: CheckContext, { python }: Params): Promise<boolean> =>
  !(await remote.query`command -v ${python}`.succeeds())

/** @throws `task-failed` for a Python without pip, which only a virtual environment gets by itself. */
const refuseWithoutPip = ({ what, isOwn }: Site, installed: unknown): void => {
  if (isOwn || installed !== undefined) return
  throw new CoxswainError('task-failed', `${what} does not have pip`, {
    hint: 'install it first, the package is python3-pip, or set virtualenv',
  })
}

/** Installs Python packages in a virtual environment or without one, or removes them. */
export const pip = defineTask({
  name: 'pip',
  description:
    'Installs Python packages with pip, in a virtual environment, which it makes if there is none, or without one; or removes them.',
  reads:
    'pip list; for conditions such as >= and for extras, what pip says of them; for latest, pip list --outdated',
  example: { name: 'flask==3.0.2', virtualenv: '/opt/app/venv' },
  params,
  brings: ({ state }) => state !== 'absent',
  title: ({ name, virtualenv, python, requirements, state }) =>
    `${state === 'absent' ? 'no ' : ''}${[...name, ...(requirements === undefined ? [] : [requirements])].join(', ') || 'packages'} in ${virtualenv ?? python}`,

  async check(ctx, given) {
    const { remote } = ctx
    const { name, requirements, state } = given
    const site = siteOf(given)
    const { what: where } = site
    const installed = await installedIn(remote, site)
    if (state === 'absent')
      return driftUnlessEmpty(
        name.flatMap((text): Change[] => {
          const from = installed?.get(requirementIn(text)?.name ?? text)
          return from === undefined ? [] : [{ what: `${text} in ${where}`, from, to: undefined }]
        }),
      )
    if (installed === undefined && (await lacksPython(ctx, given)))
      return unknown(`${given.python} is not installed yet`)
    if (installed === undefined && !site.isOwn) return unknown(`${where} does not have pip yet`)
    const wanted = await wantedBy(remote, given)
    if (wanted === undefined) return unknown(`${requirements} does not exist yet`)
    const [missing, outdated] = await Promise.all([
      missingOf(remote, site, wanted, installed),
      outdatedOf(remote, given, site, installed),
    ])
    const lacking = new Set(missing.map((one) => `${one.name} in ${where}`))
    return driftUnlessEmpty([
      ...(installed === undefined ? [{ what: where, to: 'a virtual environment' }] : []),
      ...missing.map((one) => ({
        what: `${one.name} in ${where}`,
        from: installed?.get(one.name),
        to: `${one.version || 'installed'}${one.extras && ` with ${one.extras}`}`,
      })),
      ...outdated.filter(({ what }) => !lacking.has(what)),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { name, virtualenv, requirements, state, python, systemPackages, options } = given
    const site = siteOf(given)
    const pipOf = [site.python, '-m', 'pip', '--disable-pip-version-check', '--no-input']
    const managed = given.breakSystemPackages ? ['--break-system-packages'] : []
    const installed = await installedIn(remote, site)
    refuseWithoutPip(site, installed)
    if (state === 'absent') {
      const names = name.map((text) => requirementIn(text)?.name ?? text)
      await remote.run({ timeout: patience })`${pipOf} uninstall --yes ${[...managed, ...names]}`
      return
    }
    if (installed === undefined && virtualenv !== undefined) {
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
    const what = [
      ...managed,
      ...how,
      ...name,
      ...(requirements === undefined ? [] : ['--requirement', requirements]),
    ]
    await remote.run({ timeout: patience })`${pipOf} install ${what}`
  },
})
