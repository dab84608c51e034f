import { posix } from 'node:path'
import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  ok,
  shellFile,
  shellProgram,
  unknown,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext, Ok, Verdict } from '../../engine/index.ts'
import { oneLine } from '../shared/one-line.ts'
import { remoteFile } from '../shared/paths.ts'
import { inSshFolder, readSshFile, statSshFiles, userName } from '../system/accounts/as-user.ts'
import { keyBits, readKey } from '../system/ssh-keys/public-key.ts'

const keyProgram = shellFile(import.meta.url, 'ssh-key.sh')
const atPath = shellFile(import.meta.url, 'ssh-key-at.sh')

/** The bits that ssh-keygen accepts for a type (ssh-keygen(1)). */
const bitsOf = {
  ed25519: undefined,
  ecdsa: (bits: number) => [256, 384, 521].includes(bits),
  rsa: (bits: number) => bits >= 2048 && bits <= 16_384,
} as const

const params = () =>
  z
    .object({
      user: userName().default('root').describe('the user that the key is for'),
      path: remoteFile()
        .optional()
        .describe(
          'the file of the private key, such as /etc/ssh/ssh_host_rsa_key, which belongs to the acting user; by default it is in ~/.ssh of the user',
        ),
      type: z.enum(['ed25519', 'rsa', 'ecdsa']).default('ed25519').describe('the type of the key'),
      bits: z.coerce
        .number<number | string>()
        .int()
        .optional()
        .describe('rsa: from 2048; ecdsa: 256, 384 or 521; by default those of ssh-keygen'),
      comment: oneLine('a comment').optional().describe('the comment of a new key; by default user@host'),
      regenerate: flag()
        .default(false)
        .describe('replace a key of another type, or with fewer bits; by default that is an error'),
    })
    .refine(({ type, bits }) => bits === undefined || bitsOf[type]?.(bits) === true, {
      message: 'rsa has 2048 to 16384 bits, ecdsa 256, 384 or 521, and ed25519 always the same',
      path: ['bits'],
    })
type Params = z.output<ReturnType<typeof params>>

/** A key pair as it is after the task. */
export interface KeyPair {
  /** The line of the public key, as it is in authorized_keys. */
  readonly publicKey: string
}

/** What of a pair exists. */
interface Found {
  /** The mode of the private key; undefined without one. */
  readonly mode: string | undefined
  readonly publicKey: string | undefined
}

/** The name of the file of a key in `~/.ssh`. */
export const pairOf = (type: Params['type']): string => `id_${type}`

/** The key as an earlier task of the run would make it. */
export const keyOf = (user: string): string => `the key of the user ${user}`

/** Undefined if the user does not exist. */
const findPair = async (ctx: CheckContext, { user, path, type }: Params): Promise<Found | undefined> => {
  if (path !== undefined) {
    const [stat, text] = await Promise.all([ctx.remote.stat(path), ctx.remote.read(`${path}.pub`)])
    return { mode: stat?.mode, publicKey: text }
  }
  const name = pairOf(type)
  const [found, file] = await Promise.all([
    statSshFiles(ctx, user, { name, beside: `${name}.pub` }),
    readSshFile(ctx, user, `${name}.pub`),
  ])
  return found && { mode: found.mode, publicKey: found.beside ? file?.text : undefined }
}

const placeOf = ({ path, user, type }: Params): string => path ?? `~${user}/.ssh/${pairOf(type)}`

/** How a public key differs from the wanted one; undefined if it does not. */
const otherKind = (text: string | undefined, { type, bits = 0 }: Params): string | undefined => {
  const key = text === undefined ? undefined : readKey(text)
  if (key === undefined) return undefined
  const found = key.type.replace(/^ssh-/, '').replace(/-sha2-.*/, '')
  const has = keyBits(key)
  if (found !== type) return found
  return has === undefined || has >= bits ? undefined : `${found} of ${has} bits`
}

const wantedKind = ({ type, bits }: Params): string =>
  bits === undefined ? `a key of the type ${type}` : `a key of the type ${type} with ${bits} bits`

/** @throws `task-failed` if a key of another kind is not to be replaced. */
const changesFor = ({ mode, publicKey }: Found, given: Params): Change[] => {
  const what = placeOf(given)
  const other = otherKind(publicKey, given)
  if (other !== undefined && !given.regenerate)
    throw new CoxswainError('task-failed', `${what} is ${other}, not ${wantedKind(given)}`, {
      hint: 'set regenerate=true to replace it, or another path: what knows the old key no longer works then',
    })
  if (other !== undefined) return [{ what, from: other, to: wantedKind(given) }]
  if (mode === undefined || publicKey === undefined) return [{ what, to: 'a key pair' }]
  return given.path !== undefined || mode === '0600'
    ? []
    : [{ what: `mode of ${what}`, from: mode, to: '0600' }]
}

/** What must be made: a pair, the public key alone, or nothing. */
const madeFor = ({ mode, publicKey }: Found, given: Params): 'pair' | 'public' | 'nothing' => {
  if (mode === undefined || otherKind(publicKey, given) !== undefined) return 'pair'
  return publicKey === undefined ? 'public' : 'nothing'
}

const kindWords = ({ type, bits }: Params): string[] => [
  '-t',
  type,
  ...(bits === undefined ? [] : ['-b', String(bits)]),
]

const makeAt = async (
  { remote }: ApplyContext,
  path: string,
  { made, comment, given }: { readonly made: string; readonly comment: string; readonly given: Params },
): Promise<void> => {
  const [folder, name] = [posix.dirname(path), `./${posix.basename(path)}`]
  if (made === 'pair') {
    const program = shellProgram(atPath, name, comment, ...kindWords(given))
    await remote.run({ at: { folder }, label: `make the key ${path}` })`${program}`
  }
  if (made !== 'public') return
  const text = await remote.run({ at: { folder } })`ssh-keygen -y -P ${''} -f ${name}`.text()
  await remote.write(`${path}.pub`, `${text}\n`, { mode: '0644' })
}

/** Creates an SSH key pair of a user, or of the host. The private key never leaves the host. */
export const sshKey = defineTask({
  name: 'ssh-key',
  description:
    'Creates an SSH key pair of a user, or a host key, on the host if there is none. The private key has no passphrase, and never leaves the host; the value of the task has the public key.',
  reads: "the key pair in the user's ~/.ssh, or at the path",
  example: { user: 'root' },
  params,
  title: ({ user, path }) => (path === undefined ? `ssh key of ${user}` : `ssh key ${path}`),
  makes: ({ user, path }) => (path === undefined ? [keyOf(user)] : []),

  async check(ctx, given): Promise<Verdict<KeyPair>> {
    const found = await findPair(ctx, given)
    if (found === undefined) return unknown(`the user ${given.user} does not exist yet`)
    const [first, ...others] = changesFor(found, given)
    if (first !== undefined) return drift(first, ...others)
    return ok({ publicKey: (found.publicKey ?? '').trim() })
  },

  // its value is that of the check after it
  async apply(ctx, given): Promise<Ok<KeyPair> | undefined> {
    const { user, path } = given
    const found = await findPair(ctx, given)
    if (found === undefined)
      throw new CoxswainError('task-failed', `the user ${user} does not exist on ${ctx.host.name}`, {
        hint: 'create the user first, or set another one',
      })
    changesFor(found, given)
    const made = madeFor(found, given)
    const comment = given.comment ?? `${path === undefined ? user : 'root'}@${ctx.host.name}`
    if (path === undefined) {
      const words = [made, comment, pairOf(given.type), ...kindWords(given)]
      await inSshFolder(ctx, user, { file: keyProgram, words })
    } else await makeAt(ctx, path, { made, comment, given })
    return undefined
  },
})
