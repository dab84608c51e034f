import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  remotePath,
  shell,
  z,
} from '../../engine/index.ts'
import type { Change, RemoteReader, Stat } from '../../engine/index.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  followParam,
  settled,
  writeParams,
} from './content/attributes.ts'
import { summary } from './content/content.ts'
import { fewer } from './tree/plan.ts'
import { remoteTree } from './tree/remote-tree.ts'
import type { RemoteEntry } from './tree/remote-tree.ts'

const params = () =>
  z.object({
    src: remotePath().describe('the file or folder on the host'),
    dest: remotePath().describe('the path of its copy on the same host'),
    ...attributeParams,
    ...writeParams,
    ...followParam,
  })
type Params = z.output<ReturnType<typeof params>>

const missing = (src: string): CoxswainError =>
  new CoxswainError('task-failed', `${src} does not exist on the host`, {
    hint: 'an earlier task must create it; the task copy takes a file of the machine that runs the playbook',
  })

/** @throws `task-failed` for parameters that work for files only. */
const refuseForFolder = ({ src, owner, group, mode, validate, backup }: Params): void => {
  const given = [owner, group, mode, validate].some((one) => one !== undefined)
  if (!given && backup !== true) return
  throw new CoxswainError(
    'task-failed',
    `${src} is a folder: owner, group, mode, validate and backup work for files only`,
    {
      hint: 'leave them out; the copy gets the owners and modes of the original',
    },
  )
}

const isSame = (one: RemoteEntry, other: RemoteEntry | undefined): boolean =>
  other !== undefined &&
  one.kind === other.kind &&
  one.sha256 === other.sha256 &&
  one.target === other.target &&
  (one.kind === 'link' || one.mode === other.mode)

/** The differences between two folders; what only the copy has stays. */
const folderChanges = async (remote: RemoteReader, { src, dest, follow }: Params): Promise<Change[]> => {
  const { all } = await remoteTree(remote, src, ['.'], { all: true, follow })
  const [from, to] = await Promise.all([
    remoteTree(remote, src, all, { follow }),
    remoteTree(remote, dest, all, { follow }),
  ])
  const changes = all.flatMap((path): Change[] => {
    const [its, there] = [from.entries?.get(path), to.entries?.get(path)]
    if (its === undefined || isSame(its, there)) return []
    return [{ what: `${dest}${path.slice(1)}`, from: there && 'different', to: `as in ${src}` }]
  })
  return to.entries === undefined ? [{ what: dest, to: 'a directory' }, ...changes] : changes
}

const fileChanges = async (
  remote: RemoteReader,
  source: Stat,
  { src, dest, follow, ...attributes }: Params,
): Promise<Change[]> => {
  const [wanted = '', there, stat] = await Promise.all([
    remote.sha256(src, { follow }),
    remote.sha256(dest, { follow }),
    remote.stat(dest, { follow: true }),
  ])
  return [
    ...(there === wanted
      ? []
      : [{ what: dest, from: there && summary(stat?.size, there), to: summary(source.size, wanted) }]),
    ...(stat === undefined ? [] : attributeChanges(dest, stat, attributes)),
  ]
}

/** Copies a file or folder from one place on a host to another. */
export const copyOnHost = defineTask({
  name: 'copy-on-host',
  description:
    'Copies a file, or a folder with everything in it, from one place on the host to another. What only the copy of a folder has stays.',
  reads: 'the SHA-256 and mode of the original and of the copy',
  example: { src: '/etc/hostname', dest: '/srv/hostname' },
  params,
  title: ({ src, dest }) => `copy of ${src} at ${dest} on the host`,

  async check({ remote }, given) {
    const source = await remote.stat(given.src, { follow: true })
    if (source === undefined) throw missing(given.src)
    if (source.type !== 'directory') return driftUnlessEmpty(await fileChanges(remote, source, given))
    refuseForFolder(given)
    const changes = await folderChanges(remote, given)
    return changes.length === 0 ? driftUnlessEmpty([]) : drift(...fewer(changes, given.dest))
  },

  async apply({ remote }, given) {
    const { src, dest, validate, backup, follow } = given
    const source = await remote.stat(src, { follow: true })
    if (source === undefined) throw missing(src)
    if (source.type === 'directory') {
      refuseForFolder(given)
      await remote.makeDirectory(dest, attributesOf({ follow }))
      return remote.writeTree(dest, shell`tar -C ${src} -cf - . | tar -xf -`, { follow })
    }
    const attributes = await settled(remote, dest, attributesOf(given))
    const [wanted, there] = await Promise.all([
      remote.sha256(src, { follow }),
      remote.sha256(dest, { follow }),
    ])
    if (wanted === there) return remote.setAttributes(dest, attributes)
    // a new copy has the mode of the original
    const fresh = there === undefined ? source.mode : undefined
    await remote.writeOutput(dest, shell`cat <&3`, {
      validate,
      backup,
      ...attributes,
      mode: attributes.mode ?? fresh,
      at: { file: src, follow },
    })
  },
})
