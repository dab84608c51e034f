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
import type { CommandPath, ShellText, Stat } from '../../engine/index.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from './content/attributes.ts'

/** For each suffix of an archive name: the compression letter for tar, and the command that decompresses it. */
const kinds = [
  { end: /\.tar$/, letter: '', unpack: shell`cat` },
  { end: /\.(tar\.gz|tgz)$/, letter: 'z', unpack: shell`gzip -dc` },
  { end: /\.(tar\.bz2|tbz2?)$/, letter: 'j', unpack: shell`bzip2 -dc` },
  { end: /\.(tar\.xz|txz)$/, letter: 'J', unpack: shell`xz -dc` },
] as const

const found = (dest: string) => kinds.find(({ end }) => end.test(dest))

const kindOf = (dest: string) => found(dest) ?? kinds[0]

const params = () =>
  z
    .object({
      src: remotePath().describe('the file or folder on the host to pack'),
      dest: remotePath().describe('the archive on the host: NAME.tar, .tar.gz, .tar.bz2 or .tar.xz'),
      exclude: words().default([]).describe('patterns of names to leave out, as for --exclude of tar'),
      ...attributeParams,
      mode: attributeParams.mode.describe(
        'octal digits as text; by default the mode of the existing archive, or 0600 for a new one',
      ),
      ...followParam,
    })
    .refine(({ dest }) => found(dest) !== undefined, {
      path: ['dest'],
      message: 'its name must end with .tar, .tar.gz, .tgz, .tar.bz2 or .tar.xz',
    })
    .refine(({ src, dest }) => src !== '/' && !`${dest}/`.startsWith(`${src.replace(/\/+$/, '')}/`), {
      path: ['dest'],
      message: 'an archive cannot be inside the folder that it packs',
    })
type Params = z.output<ReturnType<typeof params>>

/** The arguments of tar after its options, and the folder that it runs in: src is named relative to its parent folder. */
const packed = ({ src, exclude, follow }: Params): { words: ShellText; at: CommandPath } => {
  const path = src.replace(/\/+$/, '')
  const at = path.lastIndexOf('/')
  const patterns = exclude.map((pattern) => `--exclude=${pattern}`)
  return {
    words: shell`${patterns} -- ${path.slice(at + 1)}`,
    at: { folder: path.slice(0, at) || '/', follow },
  }
}

/** @throws `task-failed` if the path exists and is not a file. */
const refuseUnlessFile = (path: string, stat: Stat | undefined): void => {
  if (stat === undefined || stat.type === 'file') return
  throw new CoxswainError('task-failed', `${path} exists, but is not a file`, {
    hint: 'move it away first, or set another path',
  })
}

/** Creates an archive of what is on the host now. */
export const archive = defineTask({
  name: 'archive',
  description:
    'Creates a tar archive of a file or folder on the host, and updates it when the content differs. A new archive is readable by its owner only.',
  reads: 'the SHA-256 of everything that tar would pack, and of everything in the archive',
  example: { src: '/etc/ssh', dest: '/var/backups/ssh.tar.gz', mode: '0600' },
  params,
  title: ({ src, dest }) => `${dest} of ${src}`,
  writes: ({ dest, ...its }) => written('file', dest, its),

  async check({ remote }, given) {
    const { src, dest, follow } = given
    const { unpack } = kindOf(dest)
    const [source, stat] = await Promise.all([remote.stat(src), remote.stat(dest, { follow: true })])
    if (source === undefined)
      throw new CoxswainError('task-failed', `${src} does not exist`, {
        hint: 'create it, or check the path',
      })
    refuseUnlessFile(dest, stat)
    const { words: what, at } = packed(given)
    if (stat === undefined) {
      // refuses links that other users control
      await remote.query({ at })`true`
      return drift({ what: dest, to: `an archive of ${src}` })
    }
    const [now, then] = await Promise.all([
      // if tar cannot read something, the sum differs, and apply reports it
      remote.query({
        at,
        label: `read ${src}`,
      })`{ tar -cf - ${what} || echo failed; } 2>/dev/null | sha256sum`.text(),
      remote.query({
        at: { file: dest, follow },
        label: `read ${dest}`,
      })`${unpack} <&3 2>/dev/null | sha256sum`.text(),
    ])
    return driftUnlessEmpty([
      ...(now === then
        ? []
        : [{ what: dest, from: 'an archive with different content', to: `an archive of ${src}` }]),
      ...attributeChanges(dest, stat, given),
    ])
  },

  async apply({ remote }, given) {
    const { dest } = given
    const { letter } = kindOf(dest)
    const { words: what, at } = packed(given)
    const { mode, ...attributes } = await settled(remote, dest, attributesOf(given))
    // the packed files can be readable by root only
    const fresh = (await remote.stat(dest, { follow: true })) === undefined ? '0600' : undefined
    await remote.writeOutput(dest, shell`tar ${`-c${letter}f`} - ${what}`, {
      ...attributes,
      mode: mode ?? fresh,
      at,
    })
  },
})
