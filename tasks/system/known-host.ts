import { posix } from 'node:path'
import { randomBytes } from 'node:crypto'
import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  portNumber,
  unknown,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { linesOf } from '../shared/lines.ts'
import { appendToSshFile, editSshFile, readSshFile, userName } from './accounts/as-user.ts'
import { hashedName, keysOf, knownName, revokedAt, withKey, withoutKeys } from './ssh-keys/known-hosts.ts'
import type { KnownKey } from './ssh-keys/known-hosts.ts'
import { readKey } from './ssh-keys/public-key.ts'

const name = 'known_hosts'

const params = () =>
  z
    .object({
      host: z
        .string()
        .regex(/^[\w.:-]+$/, 'must be a host name or an address')
        .describe('the name or address that ssh is called with'),
      port: portNumber().default(22).describe('the port that ssh is called with'),
      key: z
        .string()
        .refine((text) => !text.trim().includes('\n') && readKey(text)?.options === '', {
          message: 'must be a public key, such as `ssh-ed25519 AAAA…`',
        })
        .optional()
        .describe('the public key of the host; with state=absent, all its keys are removed by default'),
      user: userName().optional().describe('the user to add the key for; by default every user of the host'),
      file: remoteFile().default('/etc/ssh/ssh_known_hosts').describe('the file to write if no user is set'),
      hash: flag().default(false).describe('write the name as a hash'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the key'),
    })
    .refine(({ key, state }) => key !== undefined || state === 'absent', {
      message: 'key is required',
      path: ['key'],
    })
type Params = z.output<ReturnType<typeof params>>

const keyOf = ({ key }: Params): KnownKey | undefined => (key === undefined ? undefined : readKey(key))

/** The text with exactly this key of its type for the host; or without the keys, for state absent. */
const wantedText = (text: string | undefined, given: Params): string => {
  const id = knownName(given.host, given.port)
  const key = keyOf(given)
  if (given.state === 'absent' || key === undefined)
    return withoutKeys(text, id, ({ type }) => key === undefined || type === key.type)
  return withKey(text, id, key, given.hash ? hashedName(id, randomBytes(20)) : id)
}

const changesOf = (text: string | undefined, given: Params): Change[] => {
  const id = knownName(given.host, given.port)
  const key = keyOf(given)
  const known = keysOf(text, id).filter(({ type }) => key === undefined || type === key.type)
  const wanted = given.state === 'absent' || key === undefined ? [] : [key]
  const listOf = (keys: readonly KnownKey[]): string | undefined =>
    keys.length === 0 ? undefined : keys.map(({ type, blob }) => `${type} ${blob}`).join('\n')
  const [from, to] = [listOf(known), listOf(wanted)]
  return from === to ? [] : [{ what: `key of ${id}`, from, to }]
}

/** @throws `task-failed` for a key that the file revokes: ssh would refuse it in any case. */
const refuseRevoked = (text: string | undefined, given: Params): void => {
  const key = keyOf(given)
  if (key === undefined || given.state === 'absent') return
  const line = revokedAt(text, knownName(given.host, given.port), key)
  if (line === undefined) return
  throw new CoxswainError(
    'task-failed',
    `the key of ${given.host} is revoked in line ${line} of its known_hosts file`,
    { hint: 'give the host a new key; only if it was revoked by mistake, remove that line' },
  )
}

/** The text of the file; undefined if it does not exist, null if its user does not exist. */
const textOf = async (ctx: CheckContext, { user, file }: Params): Promise<string | undefined | null> => {
  if (user === undefined) return readText(ctx.remote, file)
  const found = await readSshFile(ctx, user, name)
  return found === undefined ? null : found.text
}

/** Adds the key of another host to known_hosts, or removes it. */
export const knownHost = defineTask({
  name: 'known-host',
  description: 'Adds the key of another host to known_hosts, for one user or for all, or removes it.',
  reads: 'the known_hosts file, including hashed entries',
  example: {
    host: 'git.example',
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY',
  },
  params,
  title: ({ host, port, state }) =>
    state === 'absent' ? `${knownName(host, port)} is not known` : `${knownName(host, port)} is known`,
  writes: ({ user, file }) => (user === undefined ? [{ path: posix.dirname(file), as: 'folder' }] : []),

  async check(ctx, given) {
    const text = await textOf(ctx, given)
    refuseRevoked(text ?? undefined, given)
    return text === null
      ? unknown(`the user ${given.user} does not exist yet`)
      : driftUnlessEmpty(changesOf(text, given))
  },

  async apply(ctx, given) {
    const { user, file } = given
    const text = await textOf(ctx, given)
    if (text === null)
      throw new CoxswainError('task-failed', `the user ${user} does not exist`, {
        hint: 'create the user first',
      })
    const wanted = wantedText(text, given)
    if (user === undefined) {
      // the host might not have an SSH client yet
      if (text === undefined) await ctx.remote.makeDirectory(file.slice(0, file.lastIndexOf('/')) || '/')
      return writeText(ctx.remote, file, wanted)
    }
    // appending keeps lines that ssh adds at the same time; replacing the file would lose them
    const added = text !== undefined && wanted.startsWith(text) ? wanted.slice(text.length) : '\r'
    if (!added.includes('\r'))
      return appendToSshFile(ctx, user, { name, lines: linesOf(added).filter((line) => line !== '') })
    await editSshFile(ctx, user, {
      name,
      mode: '0600',
      before: text,
      edit: (now) => wantedText(now, given),
    })
  },
})
