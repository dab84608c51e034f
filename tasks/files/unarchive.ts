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
  z,
} from '../../engine/index.ts'
import type { Change, Remote, RemoteReader } from '../../engine/index.ts'
import { attributeParams } from './attributes.ts'
import { localStat } from './local-file.ts'
import { fewer, isOwnedBy } from './tree/plan.ts'
import { remoteTree } from './tree/remote-tree.ts'
import type { RemoteEntry } from './tree/remote-tree.ts'
import { ownerWords, unpack } from './tree/unpack.ts'
import { memberPath, unreadable } from './unpack/member.ts'
import type { Member } from './unpack/member.ts'
import { tarIndex } from './unpack/tar-index.ts'
import type { RawMember } from './unpack/tar-index.ts'
import { membersFrom } from './unpack/tar-listing.ts'

const params = z.object({
  src: z.string().min(1).describe('the archive here: tar, plain or gzip'),
  dest: remotePath().describe('the folder on the host; it is made where there is none'),
  onHost: flag()
    .default(false)
    .describe('src is on the host: tar, plain or in any compression that its tar knows'),
  creates: remotePath().optional().describe('where this is, all is well: nothing else is looked at'),
  strip: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('leading parts of the names in the archive that are left out'),
  owner: attributeParams.owner.describe('the user who owns what is unpacked; who unpacks it when absent'),
  group: attributeParams.group.describe('its group; that of who unpacks it when absent'),
})
type Params = z.output<typeof params>

const indexHere = async (src: string): Promise<RawMember[]> => {
  if (!(await localStat(src)).isFile())
    throw new CoxswainError('task-failed', `${src} is no file`, { hint: 'give the path of an archive' })
  return tarIndex(src)
}

/** Whether a file here is compressed. */
const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

const indexThere = async (remote: RemoteReader, src: string): Promise<RawMember[]> => {
  if (!(await remote.exists(src)))
    throw new CoxswainError('task-failed', `there is no archive ${src}`, { hint: 'bring it there first' })
  const said =
    await remote.query`tar --version 2>/dev/null | grep -c GNU; tar -tvf ${src} --numeric-owner`.text()
  const [gnu = '', ...lines] = said.split('\n')
  return membersFrom(lines.join('\n'), gnu !== '0')
}

/** What is in the archive, below the folder. The last one of a name counts. */
const membersOf = async (remote: RemoteReader, { src, onHost, strip }: Params): Promise<Member[]> => {
  let index: RawMember[]
  try {
    index = await (onHost ? indexThere(remote, src) : indexHere(src))
  } catch (error) {
    if (isCoxswainError(error)) throw error
    throw unreadable(src, error instanceof Error ? error.message : String(error), error)
  }
  const members = new Map<string, Member>()
  for (const { name, ...member } of index) {
    const path = memberPath(src, name, strip)
    if (path !== undefined) members.set(path, { ...member, path })
  }
  return [...members.values()]
}

const told = (entry: Member | RemoteEntry): string => {
  if (entry.kind === 'file') return entry.size === undefined ? 'a file' : `${entry.size} bytes`
  return entry.kind === 'link' ? `a link to ${entry.target}` : entry.kind
}

const isUnpacked = (member: Member, there: RemoteEntry | undefined): there is RemoteEntry => {
  // a link that stands for a folder, such as /lib, does: what is behind it is looked at by itself
  if (member.kind === 'directory' && there?.kind === 'link') return true
  if (member.kind !== there?.kind) return false
  if (member.kind === 'file') return member.size === undefined || member.size === there.size
  return member.kind === 'directory' || member.target === there.target
}

const isOwned = (there: RemoteEntry, given: Params): boolean =>
  there.kind === 'link' || isOwnedBy(there, given)

/** What differs on the host. */
interface Differences {
  readonly changes: readonly Change[]
  /** Whether anything has to be unpacked. */
  readonly missing: boolean
  /** What is there already and belongs to others than it shall. */
  readonly foreign: readonly string[]
}

const differences = async (remote: RemoteReader, given: Params): Promise<Differences> => {
  const { dest, src, owner, group } = given
  const members = await membersOf(remote, given)
  const paths = members.map(({ path }) => path)
  const { entries } = await remoteTree(remote, dest, paths, { sums: false })
  if (entries === undefined)
    return { changes: [{ what: dest, to: `${members.length} from ${src}` }], missing: true, foreign: [] }
  const at = (path: string): string => `${dest.replace(/\/$/, '')}${path.slice(1)}`
  const changes: Change[] = []
  const foreign: string[] = []
  let missing = false
  for (const member of members) {
    const { path } = member
    const there = entries.get(path)
    if (!isUnpacked(member, there)) {
      changes.push({ what: at(path), from: there && told(there), to: told(member) })
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
  const { src, dest, onHost, strip, owner, group } = given
  const place = { dest, owner, group }
  const stripping = strip === 0 ? [] : [`--strip-components=${strip}`]
  if (onHost) return unpack(remote, ['-xpof', src, ...stripping], place)
  const { size } = await localStat(src)
  const how = (await isGzip(src)) ? '-xpozf' : '-xpof'
  const sent = { stdin: createReadStream(src), transfer: { path: dest, size } }
  await unpack(remote, [how, '-', ...stripping], { ...place, ...sent })
}

/** Hold what is in an archive in a folder. */
export const unarchive = defineTask({
  name: 'unarchive',
  description:
    'Holds what is in a tar archive, of this machine or of the host, unpacked in a folder of the host.',
  reads: 'names, kinds and sizes of what is in the archive, and of what is in the folder; not the content',
  example: { src: '/opt/tool-1.2.tar.gz', dest: '/opt/tool', onHost: true, strip: 1 },
  params,
  title: ({ src, dest }) => `${src} unpacked in ${dest}`,

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
    // folders that are there stay as they are when something is unpacked in them
    const stdin = foreign.map((path) => `${path}\0`).join('')
    if (foreign.length > 0)
      await remote.run({ stdin })`cd -- ${dest} && xargs -0 chown ${ownerWords({ owner, group })} --`
  },
})
