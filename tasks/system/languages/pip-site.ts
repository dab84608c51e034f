/** A Python with its packages, as its pip shows them. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'
import { normalName } from './requirements.ts'

const installedList = z.array(z.object({ name: z.string(), version: z.string() }))

/** Where the packages are: a Python, and its name in messages. */
export interface Site {
  readonly python: string
  readonly what: string
  /** Whether it is a virtual environment, which can be made. */
  readonly isOwn: boolean
}

/** The place of the packages of parameters. */
export const siteOf = ({
  virtualenv,
  python,
}: {
  readonly virtualenv?: string | undefined
  readonly python: string
}): Site =>
  virtualenv === undefined
    ? { python, what: python, isOwn: false }
    : { python: `${virtualenv}/bin/python`, what: virtualenv, isOwn: true }

/** The environment of a question: without index and configuration; a Python that the distribution manages answers, too. */
const askingOnly = ({ isOwn }: Site): Record<string, string> => ({
  PIP_CONFIG_FILE: '/dev/null',
  PIP_FIND_LINKS: '',
  ...(!isOwn && { PIP_BREAK_SYSTEM_PACKAGES: '1' }),
})

/** The packages of a Python with their versions; undefined without one, or where it does not have pip. */
export const installedIn = async (
  remote: RemoteReader,
  { python, what, isOwn }: Site,
): Promise<ReadonlyMap<string, string> | undefined> => {
  if (isOwn && !(await remote.exists(python))) return undefined
  const query = remote.query`${python} -m pip list --format=json --disable-pip-version-check`
  const { code, stdout, stderr } = await query.result()
  if ((code !== 0 && /No module named pip/.test(stderr)) || (code === 127 && !isOwn)) return undefined
  if (code !== 0)
    throw new CoxswainError('command-failed', `pip of ${what} does not work`, {
      output: stderr.trim(),
      ...(isOwn && {
        hint: 'its Python could be gone: remove the virtual environment, and run the task again',
      }),
    })
  return new Map(
    installedList.parse(JSON.parse(stdout)).map(({ name, version }) => [normalName(name), version]),
  )
}

/**
 * Whether pip finds a requirement satisfied. Without configuration and index there is nothing that it could install: it is satisfied,
 * or fails.
 */
export const pipAccepts = (remote: RemoteReader, site: Site, text: string): Promise<boolean> =>
  remote.query({
    env: askingOnly(site),
    label: `pip: is ${text} installed?`,
  })`${site.python} -m pip install --disable-pip-version-check --quiet --no-index --no-deps ${text}`.succeeds()

/**
 * Whether a package is installed with the packages of its extras: pip would install nothing more. It asks no index, and `--dry-run`
 * (pip 22.2 and newer) keeps it from installing what a requirement has a URL for.
 *
 * @throws `command-failed` with an older pip.
 */
export const hasExtras = async (remote: RemoteReader, site: Site, text: string): Promise<boolean> => {
  const query = remote.query({
    env: askingOnly(site),
    label: `pip: is ${text} installed with its extras?`,
  })`${site.python} -m pip install --disable-pip-version-check --dry-run --no-index ${text}`
  const { code, stdout, stderr } = await query.result()
  if (code === 2 && stderr.includes('--dry-run'))
    throw new CoxswainError(
      'command-failed',
      `pip of ${site.what} cannot tell whether ${text} is installed`,
      {
        output: stderr.trim(),
        hint: 'upgrade pip there to 22.2 or newer, or list the packages of the extras by name',
      },
    )
  return code === 0 && !/^Would install /m.test(stdout)
}
