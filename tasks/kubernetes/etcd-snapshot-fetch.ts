import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  encryptAgeStream,
  enterLocalFolder,
  remotePath,
  words,
  z,
} from '../../engine/index.ts'
import { draftIn } from '../files/content/local-draft.ts'
import { receiveFile } from '../files/content/receive.ts'
import { clusterParam, keepParam, newSnapshot } from './etcd-snapshot.ts'
import { newestSnapshot, snapshotFolder, snapshotNamed } from './etcd/snapshots.ts'

/** A file on this machine with a snapshot, encrypted or not. */
interface Fetched {
  readonly name: string
  /** When the snapshot was taken. */
  readonly taken: number
}

/** The snapshots of a cluster in a folder of this machine. */
const snapshotsHere = async (folder: string, cluster: string): Promise<Fetched[]> => {
  const names = await readdir(folder).catch(() => [])
  return names
    .toSorted((one, other) => (one < other ? -1 : 1))
    .flatMap((name) => {
      const found = snapshotNamed(name.replace(/\.age$/, ''), cluster, folder)
      return found === undefined ? [] : [{ name, taken: found.taken }]
    })
}

/**
 * The files of all but the newest snapshots.
 *
 * @param added when a snapshot that will be there was taken.
 */
const outdated = (here: readonly Fetched[], keep: number, added: number): string[] => {
  const times = [...new Set([...here.map(({ taken }) => taken), added])].toSorted((one, other) => other - one)
  const kept = new Set(times.slice(0, keep))
  return here.filter(({ taken }) => !kept.has(taken)).map(({ name }) => name)
}

const fileName = (name: string, recipients: readonly string[]): string =>
  recipients.length > 0 ? `${name}.age` : name

/** The file beside an encrypted snapshot with its recipients, which age does not write into what it encrypts. */
const recipientsOf = (path: string): string => `${path}.recipients`

const textOf = (recipients: readonly string[]): string =>
  [...new Set(recipients)]
    .toSorted()
    .map((one) => `${one}\n`)
    .join('')

/** Whether an encrypted snapshot is known to be for these recipients. */
const isFor = async (path: string, recipients: readonly string[]): Promise<boolean> =>
  (await readFile(recipientsOf(path), 'utf8').catch(() => undefined)) === textOf(recipients)

const rememberRecipients = async (
  dest: string,
  name: string,
  recipients: readonly string[],
): Promise<void> => {
  const folder = enterLocalFolder(dest)
  if (folder === undefined) return
  try {
    const draft = draftIn(folder.path)
    await writeFile(draft, textOf(recipients), { flag: 'wx', mode: 0o600 })
    await rename(draft, join(folder.path, recipientsOf(name)))
  } finally {
    folder.close()
  }
}

/**
 * Refuses recipients before anything is transferred.
 *
 * @throws `usage` for a wrong recipient; `task-failed` if a snapshot here is not encrypted: with recipients, none should be.
 */
const refuseRecipients = async (
  recipients: readonly string[],
  here: readonly Fetched[],
  dest: string,
): Promise<void> => {
  if (recipients.length === 0) return
  for await (const _ of encryptAgeStream(Readable.from([]), recipients));
  const plain = here.filter(({ name }) => !name.endsWith('.age')).map(({ name }) => join(dest, name))
  const [first] = plain
  if (first === undefined) return
  throw new CoxswainError(
    'task-failed',
    `there are recipients, but ${plain.join(', ')} on this machine ${plain.length === 1 ? 'is' : 'are'} not encrypted`,
    {
      hint: `encrypt it (age --recipient ${recipients.join(' --recipient ')} --output ${first}.age ${first}) and remove it, or move it to another folder`,
    },
  )
}

/** Fetches the newest snapshot of etcd from a host to the machine that runs the playbook. */
export const etcdSnapshotFetch = defineTask({
  name: 'etcd-snapshot-fetch',
  description:
    'Fetches the newest snapshot of etcd from a host to the machine that runs the playbook, encrypted with age on the way if there are recipients, and removes the oldest ones here.',
  reads: 'the snapshots on the host and on this machine',
  example: { cluster: 'prod', dest: 'backups', recipients: [] },
  params: () =>
    z.object({
      cluster: clusterParam(),
      folder: remotePath().default(snapshotFolder).describe('the folder of the snapshots on the host'),
      dest: z.string().min(1).describe('the folder on this machine'),
      recipients: words()
        .default([])
        .describe(
          'recipients of age (age1…): the file is encrypted for them before it is written, and again when they change; none: it is not encrypted',
        ),
      keep: keepParam().describe('how many snapshots of the cluster stay in dest, the newest ones'),
    }),
  title: ({ dest, recipients }) => `the snapshot in ${dest}${recipients.length > 0 ? ', encrypted' : ''}`,

  async check(ctx, { cluster, folder, dest: given, recipients, keep }) {
    const dest = resolve(given)
    const here = await snapshotsHere(dest, cluster)
    await refuseRecipients(recipients, here, dest)
    const going = (added: number) =>
      outdated(here, keep, added).map((name) => ({ what: `${join(dest, name)} here`, from: 'present' }))
    if (ctx.predicted(newSnapshot))
      return drift({ what: `the new snapshot in ${dest} here`, to: 'present' }, ...going(Infinity))
    const { name, taken } = await newestSnapshot(ctx, folder, cluster)
    const wanted = fileName(name, recipients)
    const what = `${join(dest, wanted)} here`
    if (!here.some((one) => one.name === wanted)) return drift({ what, to: 'present' }, ...going(taken))
    if (recipients.length === 0 || (await isFor(join(dest, wanted), recipients)))
      return driftUnlessEmpty(going(taken))
    const change = { what, from: 'for other recipients', to: `encrypted for ${recipients.join(', ')}` }
    return drift(change, ...going(taken))
  },

  async apply(ctx, { cluster, folder, dest: given, recipients, keep }) {
    const dest = resolve(given)
    const { name, path, taken } = await newestSnapshot(ctx, folder, cluster)
    const wanted = fileName(name, recipients)
    const file = join(dest, wanted)
    const here = await snapshotsHere(dest, cluster)
    const encrypted = recipients.length > 0
    if (!here.some((one) => one.name === wanted) || (encrypted && !(await isFor(file, recipients)))) {
      await rm(recipientsOf(file), { force: true })
      const sum = (await ctx.remote.sha256(path)) ?? ''
      const encrypt = encrypted
        ? (chunks: AsyncIterable<Uint8Array>) => encryptAgeStream(chunks, recipients)
        : undefined
      await receiveFile(ctx, path, file, sum, encrypt)
      if (encrypted) await rememberRecipients(dest, wanted, recipients)
    }
    for (const old of outdated(here, keep, taken)) {
      await rm(join(dest, old))
      await rm(recipientsOf(join(dest, old)), { force: true })
    }
    for (const { name: other } of encrypted ? await snapshotsHere(dest, cluster) : [])
      if (!(await isFor(join(dest, other), recipients)))
        ctx.log(`${join(dest, other)} stays encrypted for other recipients`)
  },
})
