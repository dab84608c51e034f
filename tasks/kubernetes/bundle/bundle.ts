/** A bundle: the programs and images of one version in a folder on this machine, with their sums. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { localStat, localSum } from '../../files/content/local-file.ts'

/** The file with the sums of all others, as `sha256sum` writes it. */
export const sumsFile = 'SHA256SUMS'

/** A file of a bundle. */
export interface BundleFile {
  /** Its path on this machine. */
  readonly path: string
  /** Its name without folder. */
  readonly name: string
  readonly sha256: string
}

/** The files of a bundle. */
export interface Bundle {
  /** Those in `bin/`. */
  readonly programs: readonly BundleFile[]
  /** Those in `images/`. */
  readonly archives: readonly BundleFile[]
  /** Every file that has a sum. */
  readonly all: readonly BundleFile[]
  /** Those of the parts for a host that has nothing yet. */
  readonly parts: Readonly<Record<BundlePart, readonly BundleFile[]>>
}

/** The folders of a bundle with more programs: a container runtime, CNI plugins, and tools such as crictl. */
export const bundleParts = ['runtime', 'cni', 'tools'] as const
/** A folder of a bundle with more programs. */
export type BundlePart = (typeof bundleParts)[number]

type Once = Pick<CheckContext, 'once'>

/** How a bundle is made. */
export const makeOne =
  'make it with the playbook bundle; or put the programs of the version in bin/ and its images in images/, and run there: sha256sum bin/* images/* > SHA256SUMS'

const refused = (message: string, hint = makeOne): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

/** Lines of `sha256sum`: a sum, and the path after two spaces, or a space and an asterisk. */
const sumsIn = (text: string, source: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [, sum = '', path = ''] = /^([0-9a-f]{64}) [ *](?:\.\/)?(\S+)$/.exec(line.trim()) ?? []
        if (sum === '')
          throw refused(`${source} has a line that is not a sum and a path: ${line.slice(0, 100)}`)
        return [path, sum]
      }),
  )

/**
 * The files of a bundle, by its sums. Nothing but the sums is read.
 *
 * @throws `task-failed` for a folder without valid sums.
 */
export const readBundle = async (folder: string): Promise<Bundle> => {
  await localStat(folder)
  const source = join(folder, sumsFile)
  const text = await readFile(source, 'utf8').catch(() => undefined)
  if (text === undefined) throw refused(`${source} does not exist, so the bundle cannot be verified`)
  const sums = sumsIn(text, source)
  const below = (part: string): BundleFile[] =>
    [...sums].flatMap(([path, sha256]) => {
      const [, name] = new RegExp(`^${part}/([^/]+)$`).exec(path) ?? []
      return name === undefined ? [] : [{ path: join(folder, path), name, sha256 }]
    })
  return {
    all: [...sums].map(([path, sha256]) => ({ path: join(folder, path), name: path, sha256 })),
    programs: below('bin'),
    archives: below('images').filter(({ name }) => name.endsWith('.tar')),
    parts: { runtime: below('runtime'), cni: below('cni'), tools: below('tools') },
  }
}

/**
 * Verifies files of a bundle.
 *
 * @throws `task-failed` with each file that is missing, or has another sum.
 */
export const verifyFiles = async (ctx: Once, files: readonly BundleFile[]): Promise<void> => {
  const faults = await Promise.all(
    files.map(async ({ path, sha256 }) => {
      const found = await localSum(ctx, path).catch(() => undefined)
      if (found === sha256) return []
      return [found === undefined ? `${path} cannot be read` : `${path} has the sum ${found}, not ${sha256}`]
    }),
  )
  const [first, ...others] = faults.flat()
  if (first === undefined) return
  throw refused(
    `${[first, ...others].join('; ')} (${sumsFile}): nothing was replaced`,
    'get the bundle again: its files are damaged, or others than its sums are for',
  )
}
