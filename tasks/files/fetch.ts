import { basename, dirname, join, relative, resolve } from 'node:path'
import {
  CoxswainError,
  defineTask,
  drift,
  enterLocalFolder,
  flag,
  ok,
  remotePath,
  z,
} from '../../engine/index.ts'
import type { CheckContext, RemoteReader } from '../../engine/index.ts'
import { localSum } from './content/local-file.ts'
import { receiveFile } from './content/receive.ts'

const params = () =>
  z.object({
    src: remotePath().describe('the file on the host'),
    dest: z
      .string()
      .min(1)
      .describe('the folder on this machine; the file is saved as DEST/HOST/SRC, so each host has its own'),
    flat: flag()
      .default(false)
      .describe(
        'dest is the path of the file itself; with several hosts, the last one overwrites the others',
      ),
    optional: flag().default(false).describe('do not fail on a host that does not have the file'),
  })
type Params = z.output<ReturnType<typeof params>>

/** The path of the file on this machine. */
const placeOf = ({ host }: Pick<CheckContext, 'host'>, { src, dest, flat }: Params): string => {
  if (flat) return resolve(dest)
  const folder = resolve(dest, host.name)
  const place = join(folder, src)
  // names of hosts come from inventories, which others could have written
  const outside = [relative(resolve(dest), folder), relative(folder, place)].some(
    (path) => path === '' || path === '..' || path.startsWith('../'),
  )
  if (outside)
    throw new CoxswainError('task-failed', `${place} is not below ${dest}`, {
      hint: 'set flat=true, and dest to the path of a file',
    })
  return place
}

const sumHere = async (ctx: CheckContext, path: string): Promise<string | undefined> => {
  const folder = enterLocalFolder(dirname(path))
  const found = folder?.look(basename(path))
  folder?.close()
  if (found === undefined) return undefined
  if (found.isFile()) return localSum(ctx, path)
  throw new CoxswainError('task-failed', `${path} exists, but is not a file`, {
    hint: 'move it away, or set another dest',
  })
}

const sumThere = async (remote: RemoteReader, { src, optional }: Params): Promise<string | undefined> => {
  const sum = await remote.sha256(src)
  if (sum !== undefined || optional) return sum
  throw new CoxswainError('task-failed', `the file ${src} does not exist`, {
    hint: 'set optional=true if some hosts do not have it',
  })
}

const describeSum = (sum: string | undefined): string | undefined => sum && `sha256 ${sum.slice(0, 12)}…`

/** Makes a file on this machine equal to one on the host. */
export const fetch = defineTask({
  name: 'fetch',
  description: 'Fetches a file from the host to the machine that runs the playbook.',
  reads: 'the SHA-256 of the file on the host and on this machine',
  example: { src: '/etc/hostname', dest: 'fetched' },
  params,
  title: ({ src, dest }) => `${src} fetched to ${dest}`,

  async check(ctx, given) {
    const place = placeOf(ctx, given)
    const [there, here] = await Promise.all([sumThere(ctx.remote, given), sumHere(ctx, place)])
    if (there === undefined || there === here) return ok()
    return drift({ what: `${place} here`, from: describeSum(here), to: describeSum(there) })
  },

  async apply(ctx, given) {
    const sum = await sumThere(ctx.remote, given)
    if (sum !== undefined) await receiveFile(ctx, given.src, placeOf(ctx, given), sum)
  },
})
