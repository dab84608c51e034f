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

const params = z.object({
  src: remotePath().describe('the file on the host'),
  dest: z
    .string()
    .min(1)
    .describe('the folder on this machine; the file is saved as DEST/HOST/SRC, so each host has its own'),
  flat: flag()
    .default(false)
    .describe('dest is the path of the file itself; with several hosts, the last one overwrites the others'),
  optional: flag().default(false).describe('do not fail on a host that does not have the file'),
})
type Params = z.output<typeof params>

/** Where the file comes to. */
const placeOf = ({ host }: Pick<CheckContext, 'host'>, { src, dest, flat }: Params): string => {
  if (flat) return resolve(dest)
  const folder = resolve(dest, host.name)
  const place = join(folder, src)
  // the names of hosts come from inventories, which may be made by others
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

const told = (sum: string | undefined): string | undefined => sum && `sha256 ${sum.slice(0, 12)}…`

/**
 * Writes what comes beside the place, and puts it there when it is what was announced. Other users of this machine may control
 * a part of the path: the folder is entered without their links, and names in it are used from then on.
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

/** What comes, and what it becomes. */
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
  // what root may read on a host is not for everybody here
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    // no more than that: a host that sends without end would fill the disk
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

/** Hold a file here equal to one of a host. */
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
    return drift({ what: `${place} here`, from: told(here), to: told(there) })
  },

  async apply(ctx, given) {
    const sum = await sumThere(ctx.remote, given)
    if (sum !== undefined) await receive(ctx, given.src, sum, placeOf(ctx, given))
  },
})
