import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  flag,
  isCoxswainError,
  ok,
  remotePath,
  shell,
  z,
  localPath,
} from '../../engine/index.ts'
import type { Change, Remote, RemoteReader } from '../../engine/index.ts'
import { attributeParams, written } from './content/attributes.ts'
import { localStat } from './content/local-file.ts'
import { fewer, isOwnedBy } from './tree/plan.ts'
import { remoteTree } from './tree/remote-tree.ts'
import type { RemoteEntry } from './tree/remote-tree.ts'
import { membersBelow, unreadableArchive } from './unpack/member.ts'
import type { Member, RawMember } from './unpack/member.ts'
import { tarIndex } from './unpack/tar-index.ts'
import { membersFrom, withSums } from './unpack/tar-listing.ts'
import { isZip, zipAsTar, zipIndex } from './unpack/zip.ts'

const params = () =>
  z.object({
    src: localPath().describe('the archive on this machine: tar, plain or gzip, or zip'),
    dest: remotePath().describe('the folder on the host; created if it does not exist'),
    onHost: flag()
      .default(false)
      .describe('src is on the host: tar, plain or in any compression that the tar of the host supports'),
    creates: remotePath()
      .optional()
      .describe('a path: if it exists, the task does nothing and reads nothing else'),
    strip: z.coerce
      .number<number | string>()
      .int()
      .nonnegative()
      .default(0)
      .describe('how many leading parts of the names in the archive to remove'),
    owner: attributeParams.owner.describe('the owner of the unpacked files; by default the acting user'),
    group: attributeParams.group.describe(
      'the group of the unpacked files; by default the group of the acting user',
    ),
    special: flag()
      .default(false)
      .describe(
        'unpack set-user-ID and set-group-ID bits, devices and pipes; by default these bits are dropped and devices and pipes are refused',
      ),
    follow: flag()
      .default(false)
      .describe(
        'write through existing links, such as /lib, and read an archive on the host through links of other users; by default both are refused',
      ),
  })
type Params = z.output<ReturnType<typeof params>>

/** @throws `load-failed` for a path that cannot be read, `task-failed` for one that is not a file. */
const requireFile = async (src: string): Promise<void> => {
  if ((await localStat(src)).isFile()) return
  throw new CoxswainError('task-failed', `${src} is not a file`, {
    hint: 'set src to the path of an archive',
  })
}

const indexHere = async (src: string): Promise<RawMember[]> => {
  await requireFile(src)
  return (await isZip(src)) ? zipIndex(src) : tarIndex(src)
}

/** Whether a local file is compressed with gzip. */
const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

/** An opened archive on the host. Its path can lead through folders that other users control. */
interface ArchivePlace {
  readonly file: string
  readonly follow: boolean
}

/** The path of the opened archive for tar, which does not detect the compression of standard input. */
const opened = '/proc/self/fd/3'

/**
 * The option of GNU tar and busybox that pipes each file to a command: it prints a SHA-256 for each, in the order of the
 * archive.
 */
const summing = '--to-command=sha256sum'

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

const indexThere = async (remote: RemoteReader, src: string, at: ArchivePlace): Promise<RawMember[]> => {
  if (!(await remote.exists(src)))
    throw new CoxswainError('task-failed', `the archive ${src} does not exist`, {
      hint: 'copy it there first',
    })
  const [listing, sums] = await Promise.all([
    remote.query({
      at,
    })`tar --version 2>/dev/null | grep -c GNU; tar -tvf ${opened} --numeric-owner`.result(),
    remote.query({ at })`tar -xf ${opened} ${summing}`.result(),
  ])
  if (!listing.ok || !sums.ok) throw unreadableArchive(src, lastLine(listing.stderr) || lastLine(sums.stderr))
  if (listing.dropped + sums.dropped > 0) throw unreadableArchive(src, 'its index is too long')
  const [gnu = '', ...lines] = listing.stdout.split('\n')
  return withSums(membersFrom(lines.join('\n'), gnu !== '0'), sums.stdout)
}

/** The members of the archive below the folder. If a name occurs more than once, the last one counts. */
const membersOf = async (remote: RemoteReader, given: Params): Promise<Member[]> => {
  const { src, onHost, follow } = given
  try {
    const members = await (onHost ? indexThere(remote, src, { file: src, follow }) : indexHere(src))
    const below = membersBelow(src, members, given)
    if (below.length > 0) return below
    throw new CoxswainError('task-failed', `${src} contains nothing to unpack`, {
      hint:
        members.length === 0
          ? 'the archive is empty: check how it was made'
          : 'strip removes all parts of its names: use a lower number',
    })
  } catch (error) {
    if (isCoxswainError(error)) throw error
    throw unreadableArchive(src, error instanceof Error ? error.message : String(error), error)
  }
}

/** The first digits of a sum, for a message. */
const short = (sum: string | undefined): string => (sum === undefined ? '' : `, sha256 ${sum.slice(0, 12)}…`)

const describeMember = (entry: Member | RemoteEntry): string => {
  if (entry.kind === 'file')
    return entry.size === undefined ? 'a file' : `${entry.size} bytes${short(entry.sha256)}`
  return entry.kind === 'link' ? `a link to ${entry.target}` : entry.kind
}

const isUnpacked = (
  member: Member,
  there: RemoteEntry | undefined,
  follow: boolean,
): there is RemoteEntry => {
  // a link to a folder, such as /lib: the paths below it are checked by themselves
  if (member.kind === 'directory' && there?.kind === 'link') return follow
  if (member.kind !== there?.kind) return false
  if (member.kind === 'file') return member.sha256 === there.sha256
  return member.kind !== 'link' || member.target === there.target
}

const isOwned = (there: RemoteEntry, given: Params): boolean =>
  there.kind === 'link' || isOwnedBy(there, given)

/** The differences on the host. */
interface Differences {
  readonly changes: readonly Change[]
  /** Whether something must be unpacked. */
  readonly missing: boolean
  /** Existing paths with the wrong owner or group. */
  readonly foreign: readonly string[]
}

const differences = async (remote: RemoteReader, given: Params): Promise<Differences> => {
  const { dest, src, owner, group } = given
  const members = await membersOf(remote, given)
  const paths = members.map(({ path }) => path)
  const { entries } = await remoteTree(remote, dest, paths, { follow: given.follow })
  if (entries === undefined)
    return { changes: [{ what: dest, to: `${members.length} from ${src}` }], missing: true, foreign: [] }
  const at = (path: string): string => `${dest.replace(/\/$/, '')}${path.slice(1)}`
  const changes: Change[] = []
  const foreign: string[] = []
  let missing = false
  for (const member of members) {
    const { path } = member
    const there = entries.get(path)
    if (!isUnpacked(member, there, given.follow)) {
      changes.push({ what: at(path), from: there && describeMember(there), to: describeMember(member) })
      missing = true
    } else if (!isOwned(there, given)) {
      const to = `${owner ?? there.owner}:${group ?? there.group}`
      changes.push({ what: `owner of ${at(path)}`, from: `${there.owner}:${there.group}`, to })
      foreign.push(path)
    }
  }
  return { changes, missing, foreign }
}

const unpackAll = async (remote: Remote, given: Params): Promise<void> => {
  const { src, dest, onHost, strip, owner, group, special, follow } = given
  const how = { owner, group, special, follow }
  const stripping = strip === 0 ? [] : [`--strip-components=${strip}`]
  if (onHost) {
    const at = { file: src, follow }
    return remote.writeTree(dest, shell`tar -xpof ${opened} ${stripping}`, { ...how, at })
  }
  const { size } = await localStat(src)
  const zip = await isZip(src)
  const letters = !zip && (await isGzip(src)) ? '-xpozf' : '-xpof'
  const sent = {
    stdin: zip ? zipAsTar(src) : createReadStream(src),
    // what a zip archive is unpacked to is not known before
    ...(!zip && { transfer: { path: dest, size } }),
  }
  await remote.writeTree(dest, shell`tar ${letters} - ${stripping}`, { ...how, ...sent })
}

/** Unpacks an archive to a folder. */
export const unarchive = defineTask({
  name: 'unarchive',
  description:
    'Unpacks a tar archive, on this machine or on the host, or a zip archive on this machine, to a folder on the host.',
  reads: 'names, types and SHA-256 of everything in the archive, and of the same paths in the folder',
  example: { src: '/opt/tool-1.2.tar.gz', dest: '/opt/tool', onHost: true, strip: 1 },
  params,
  title: ({ src, dest }) => `${src} unpacked in ${dest}`,
  sends: ({ src, onHost }) => (onHost ? [] : [src]),
  needs: async ({ src, onHost }) => (onHost ? undefined : requireFile(src)),

  guards: ({ creates }) => creates !== undefined,
  writes: ({ dest, ...its }) => written('folder', dest, its),

  async check({ remote }, given) {
    const { creates } = given
    if (creates !== undefined)
      return (await remote.exists(creates))
        ? ok()
        : drift({ what: creates, to: `unpacked from ${given.src}` })
    return driftUnlessEmpty(fewer((await differences(remote, given)).changes, given.dest))
  },

  async apply({ remote }, given) {
    const { dest, owner, group } = given
    const { missing, foreign } = await differences(remote, given)
    if (missing || given.creates !== undefined) {
      if (!(await remote.exists(dest))) await remote.makeDirectory(dest, { owner, group })
      await unpackAll(remote, given)
    }
    // unpacking does not change the attributes of existing folders
    if (foreign.length > 0) await remote.setAttributesBelow(dest, foreign, { owner, group })
  },
})
