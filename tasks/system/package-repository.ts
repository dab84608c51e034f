import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  isCoxswainError,
  words,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, ErrorCode, RemoteReader } from '../../engine/index.ts'
import { httpUrl } from '../network/http/http.ts'
import { oneLine } from '../shared/one-line.ts'
import { downloadedKey, pinnedKeyPath, presentKey } from './package-managers/pinned-key.ts'
import type { PinnedKey } from './package-managers/pinned-key.ts'
import { managerOf } from './package-managers/managers.ts'
import type { PackageManager } from './package-managers/types.ts'
import type { Place } from './package-managers/repository.ts'

const field = oneLine('a field').regex(/^\S(?:.*\S)?$/, 'must be one line')

const apart = (list: readonly string[]): boolean => list.every((word) => /^\S+$/.test(word))

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[\w.-]+$/, 'must have letters, digits, . _ and - only')
        .describe('the name of the repository, and of its files'),
      url: z
        .string()
        .regex(/^\S+$/, 'must be a URL')
        .optional()
        .describe('the URL; for apk that of the folder that contains the folders of the architectures'),
      suites: words()
        .refine(apart, 'must not contain spaces')
        .default([])
        .describe('apt: the suites, such as bookworm, or ./ for a flat folder of packages'),
      components: words()
        .refine(apart, 'must not contain spaces')
        .default([])
        .describe('apt: the components; main by default'),
      key: z
        .string()
        .regex(
          /-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY)-----/,
          'must be a public key as text: -----BEGIN PGP PUBLIC KEY BLOCK-----, for apk -----BEGIN PUBLIC KEY-----',
        )
        .optional()
        .describe('the public key that it is signed with, as text; by default the keys of the host are used'),
      keyUrl: httpUrl()
        .optional()
        .describe(
          'the URL of the key, which the host downloads if it does not have the key with this keyFingerprint (not for apk)',
        ),
      keyFingerprint: words()
        .transform((list) => list.map((one) => one.replaceAll(/\s/g, '').toUpperCase()))
        .pipe(
          z.array(
            z.string().regex(/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/, 'must have 40 or 64 hexadecimal digits'),
          ),
        )
        .default([])
        .describe('the fingerprint of each key at keyUrl; any other key is refused'),
      keyName: z
        .string()
        .regex(/^\w[\w.@+-]*$/, 'must be a file name')
        .optional()
        .describe('apk: the file name of the key, which is part of the signatures; by default NAME.rsa.pub'),
      unsigned: flag().default(false).describe('accept an unsigned repository (not for apk)'),
      options: z
        .record(z.string().regex(/^[\w-]+$/, 'must have letters, digits, _ and - only'), field)
        .default({})
        .describe(
          'more fields of its file, such as Architectures of sources.list(5), priority of dnf.conf(5), SigLevel of pacman.conf(5)',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes its files; installed packages stay'),
    })
    .refine(({ url, state }) => url !== undefined || state === 'absent', {
      message: 'url is required',
      path: ['url'],
    })
    .refine(({ keyUrl, keyFingerprint }) => (keyUrl === undefined) === (keyFingerprint.length === 0), {
      message: 'keyUrl and keyFingerprint need each other',
      path: ['keyFingerprint'],
    })
    .refine(({ key, keyUrl, unsigned }) => keyUrl === undefined || (key === undefined && !unsigned), {
      message: 'keyUrl excludes key and unsigned',
      path: ['keyUrl'],
    })
    .refine(({ key, unsigned }) => key === undefined || !unsigned, {
      message: 'key and unsigned exclude each other',
      path: ['unsigned'],
    })
type Params = z.output<ReturnType<typeof params>>

const placesOf = (
  { repositories }: PackageManager,
  { state, url = '', ...given }: Params,
): readonly Place[] =>
  state === 'absent'
    ? repositories.absent({ name: given.name, keyName: given.keyName })
    : repositories.present({ ...given, url, key: given.key, keyName: given.keyName })

/** Stands for a key that is not downloaded yet. */
const someKey = '-----BEGIN PGP PUBLIC KEY BLOCK-----'

const pinnedIn = ({ name, state, keyUrl, keyFingerprint }: Params): PinnedKey | undefined =>
  keyUrl === undefined || state === 'absent' ? undefined : { name, keyUrl, keyFingerprint }

interface Wrong {
  readonly path: string
  readonly from: string | undefined
  readonly to: string | undefined
}

const wrongIn = async (remote: RemoteReader, places: readonly Place[]): Promise<readonly Wrong[]> => {
  const found = await Promise.all(
    places.map(async ({ path, wanted }): Promise<Wrong> => {
      const from = await remote.read(path)
      return { path, from, to: wanted(from) }
    }),
  )
  return found.filter(({ from, to }) => from !== to)
}

const put = async ({ remote }: ApplyContext, path: string, text: string | undefined): Promise<void> => {
  if (text === undefined) return remote.remove(path)
  await remote.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  await remote.write(path, text)
}

/** Errors after which the host can still be reached, so that the repository can be removed again. */
const unread = new Set<ErrorCode>(['command-failed', 'command-timeout'])

/** Adds a package repository, or removes it. */
export const packageRepository = defineTask({
  name: 'package-repository',
  description:
    'Adds a package repository with its key, or removes it. Its package lists are read immediately, so that later tasks find its packages; a repository that cannot be read is removed again.',
  reads:
    'its file in /etc/apt/sources.list.d, /etc/yum.repos.d or /etc/zypp/repos.d, or /etc/apk/repositories or /etc/pacman.conf; its key file',
  example: {
    name: 'backports',
    url: 'https://packages.example/debian',
    suites: 'bookworm-backports',
  },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}package repository ${name}`,

  async check(ctx, given) {
    const manager = await managerOf(ctx)
    const pinned = pinnedIn(given)
    const key = pinned === undefined ? given.key : await presentKey(ctx, manager, pinned)
    const missing = pinned !== undefined && key === undefined ? pinnedKeyPath(manager, pinned) : undefined
    const wrong = await wrongIn(
      ctx.remote,
      placesOf(manager, { ...given, key: missing === undefined ? key : someKey }),
    )
    return driftUnlessEmpty(
      wrong.map(({ path, from, to }): Change =>
        path === missing
          ? {
              what: path,
              from: from === undefined ? undefined : 'another key',
              to: `the key ${given.keyFingerprint.join(', ')}`,
            }
          : { what: path, from, to },
      ),
    )
  },

  async apply(ctx, given) {
    const manager = await managerOf(ctx)
    const pinned = pinnedIn(given)
    const key =
      pinned === undefined
        ? given.key
        : ((await presentKey(ctx, manager, pinned)) ?? (await downloadedKey(ctx, pinned)))
    const wrong = await wrongIn(ctx.remote, placesOf(manager, { ...given, key }))
    for (const { path, to } of wrong) await put(ctx, path, to)
    if (given.state === 'absent') return
    try {
      await manager.repositories.fetch(ctx, given.name)
    } catch (error) {
      if (!isCoxswainError(error) || !unread.has(error.code)) throw error
      // if it stayed, every later installation would fail, and the next run would report it as ok
      for (const { path, from } of wrong.toReversed()) await put(ctx, path, from)
      throw new CoxswainError(
        'task-failed',
        `the repository ${given.name} cannot be read, and was removed again`,
        {
          cause: error,
          output: error.output,
          hint: 'check that the URL is correct, that the host can reach it, and that the repository is signed with this key',
        },
      )
    }
  },
})
