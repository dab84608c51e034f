import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
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
import type { ApplyContext, CheckContext, RemoteReader } from '../../engine/index.ts'
import { draftIn, sweepDrafts } from './content/local-draft.ts'
import { localSum } from './content/local-file.ts'

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

/**
 * Writes the file to a draft, and moves it into place if it has the expected SHA-256. Other users of this machine could
 * control a part of the path: the folder is entered without their links, and names are then resolved inside it.
 */
const receive = async (ctx: ApplyContext, src: string, sum: string, place: string): Promise<void> => {
  const { remote } = ctx
  const stat = await remote.stat(src, { follow: true })
  if (stat?.type !== 'file')
    throw new CoxswainError('read-failed', `${src} changed while it was being fetched`, {
      hint: 'fetch it while nothing writes to it',
    })
  const folder = enterLocalFolder(dirname(place), { make: true })
  if (folder === undefined)
    throw new CoxswainError('write-failed', `the folder ${dirname(place)} does not exist`)
  try {
    await receiveIn(folder.path, { remote, src, size: stat.size, sum, name: basename(place) })
  } finally {
    folder.close()
  }
}

/** The file to receive. */
interface Incoming {
  readonly remote: RemoteReader
  readonly src: string
  readonly size: number
  readonly sum: string
  readonly name: string
}

const receiveIn = async (folder: string, { remote, src, size, sum, name }: Incoming): Promise<void> => {
  await sweepDrafts(folder)
  const path = draftIn(folder)
  // a file that only root can read on the host must not be readable by other users here
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    // not more than the announced size: a host that never stops sending would fill the disk
    for await (const chunk of remote.readStream(src, size)) {
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    await file.sync()
    if (hash.digest('hex') !== sum) {
      throw new CoxswainError('read-failed', `${src} changed while it was being fetched`, {
        hint: 'fetch it while nothing writes to it',
      })
    }
    await rename(path, join(folder, name))
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

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
    if (sum !== undefined) await receive(ctx, given.src, sum, placeOf(ctx, given))
  },
})
