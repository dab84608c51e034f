import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  remotePath,
  shell,
  words,
  z,
} from '../../engine/index.ts'
import type { ShellText, Stat } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf, followParam } from './attributes.ts'

/** What the end of a name says of how an archive is compressed: the letter for tar, and what unpacks it. */
const kinds = [
  { end: /\.tar$/, letter: '', unpack: shell`cat` },
  { end: /\.(tar\.gz|tgz)$/, letter: 'z', unpack: shell`gzip -dc` },
  { end: /\.(tar\.bz2|tbz2?)$/, letter: 'j', unpack: shell`bzip2 -dc` },
  { end: /\.(tar\.xz|txz)$/, letter: 'J', unpack: shell`xz -dc` },
] as const

const found = (dest: string) => kinds.find(({ end }) => end.test(dest))

const kindOf = (dest: string) => found(dest) ?? kinds[0]

const params = z
  .object({
    src: remotePath().describe('the file or folder on the host that is packed'),
    dest: remotePath().describe('the archive on the host: NAME.tar, .tar.gz, .tar.bz2 or .tar.xz'),
    exclude: words().default([]).describe('patterns of names that are left out, as tar takes them'),
    ...attributeParams,
    ...followParam,
  })
  .refine(({ dest }) => found(dest) !== undefined, {
    path: ['dest'],
    message: 'its name must end with .tar, .tar.gz, .tgz, .tar.bz2 or .tar.xz',
  })
  .refine(({ src, dest }) => src !== '/' && !`${dest}/`.startsWith(`${src.replace(/\/+$/, '')}/`), {
    path: ['dest'],
    message: 'an archive cannot lie in what it packs',
  })
type Params = z.output<typeof params>

/** The words of tar behind its options: what is packed, named from the folder that it is in. */
const packed = ({ src, exclude }: Params): ShellText => {
  const path = src.replace(/\/+$/, '')
  const at = path.lastIndexOf('/')
  const patterns = exclude.map((pattern) => `--exclude=${pattern}`)
  return shell`${patterns} -C ${path.slice(0, at) || '/'} -- ${path.slice(at + 1)}`
}

/** @throws `task-failed` where something else than a file is. */
const refuseUnlessFile = (path: string, stat: Stat | undefined): void => {
  if (stat === undefined || stat.type === 'file') return
  throw new CoxswainError('task-failed', `${path} is there, but it is no file`, {
    hint: 'move it away first, or give another path',
  })
}

/** Hold an archive that packs what is on the host now. */
export const archive = defineTask({
  name: 'archive',
  description:
    'Holds a tar archive on the host that packs a file or folder of it, just as tar would pack it now.',
  reads: 'what tar would pack, and what is in the archive, each by its sum: all of it is read',
  example: { src: '/etc/ssh', dest: '/var/backups/ssh.tar.gz', mode: '0600' },
  params,
  title: ({ src, dest }) => `${dest} of ${src}`,

  async check({ remote }, given) {
    const { src, dest } = given
    const { unpack } = kindOf(dest)
    const [source, stat] = await Promise.all([remote.stat(src), remote.stat(dest, { follow: true })])
    if (source === undefined)
      throw new CoxswainError('task-failed', `there is nothing at ${src}`, {
        hint: 'make it, or mind its path',
      })
    refuseUnlessFile(dest, stat)
    if (stat === undefined) return drift({ what: dest, to: `an archive of ${src}` })
    const [now, then] = await Promise.all([
      // what tar cannot read makes another sum, and the apply tells of it
      remote.query({
        label: `read ${src}`,
      })`{ tar -cf - ${packed(given)} || echo failed; } 2>/dev/null | sha256sum`.text(),
      remote.query({ label: `read ${dest}` })`${unpack} <${dest} 2>/dev/null | sha256sum`.text(),
    ])
    return driftUnlessEmpty([
      ...(now === then
        ? []
        : [{ what: dest, from: 'an archive of something else', to: `an archive of ${src}` }]),
      ...attributeChanges(dest, stat, given),
    ])
  },

  async apply({ remote }, given) {
    const { dest } = given
    const { letter } = kindOf(dest)
    await remote.writeOutput(dest, shell`tar ${`-c${letter}f`} - ${packed(given)}`, {
      ...attributesOf(given),
    })
  },
})
