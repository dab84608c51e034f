import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
import { agentKeys } from './agent-keys.ts'
import { readKeyFile } from './key-files.ts'
import type { KeyFile } from './key-files.ts'
import type { SshSettings } from './settings.ts'

/** The default keys of ssh (ssh_config(5), IdentityFile). */
const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name))

/** One attempt to log in, and the message if the server refuses it. */
interface Attempt {
  readonly method: AnyAuthMethod
  /** The name of the method on the server; attempts with other methods are skipped. */
  readonly accepts: string
  readonly refused: string
}

/** The attempts to log in, in order, and notes on what cannot be tried. */
interface Attempts {
  readonly attempts: readonly Attempt[]
  readonly notes: readonly string[]
}

const counted = (keys: number): string => (keys === 1 ? '1 key, it was' : `${keys} keys, all were`)

const fromAgent = async (
  { agent, user, identitiesOnly = false }: SshSettings,
  files: readonly KeyFile[],
): Promise<Attempts> => {
  if (agent === undefined) return { attempts: [], notes: ['no agent is running'] }
  const held = await agentKeys(agent)
  if (held === undefined) return { attempts: [], notes: [`the agent at ${agent} does not answer`] }
  if (held.keys.length === 0) return { attempts: [], notes: ['the agent has no keys'] }
  const isOf = (key: (typeof held.keys)[number], among: readonly KeyFile[]): boolean =>
    among.some(({ publicKey }) => publicKey?.equals(key.getPublicSSH()) === true)
  // keys that are also in a file are offered from the file; servers count each attempt
  const other = held.keys.filter((key) =>
    files.every((file) => file.privateKey === undefined || !isOf(key, [file])),
  )
  const named = other.filter((key) => isOf(key, files))
  const offered = identitiesOnly ? named : [...named, ...other.filter((key) => !named.includes(key))]
  if (offered.length === 0) {
    const why = identitiesOnly ? 'no other key that IdentitiesOnly allows' : 'no other key'
    return { attempts: [], notes: [`the agent has ${why}`] }
  }
  return {
    attempts: [
      {
        method: { type: 'agent', username: user, agent: held.showing(offered) },
        accepts: 'publickey',
        refused: `the agent offered ${counted(offered.length)} refused`,
      },
    ],
    notes: [],
  }
}

const fromFile = ({ file, privateKey, note, certificate }: KeyFile, user: string): Attempts => ({
  attempts:
    privateKey === undefined
      ? []
      : [
          {
            method: { type: 'publickey', username: user, key: privateKey },
            accepts: 'publickey',
            refused: `${file} was refused`,
          },
        ],
  notes: [
    ...(note === undefined ? [] : [note]),
    ...(certificate === undefined ? [] : [certificateNote(certificate)]),
  ],
})

const certificateNote = (file: string): string => `the certificate ${file} was not used`

const fromPassword = ({ user, password }: SshSettings): Attempts => {
  if (password === undefined) return { attempts: [], notes: ['no password is set'] }
  const text = password.reveal()
  return {
    attempts: [
      {
        method: { type: 'password', username: user, password: text },
        accepts: 'password',
        refused: 'the password was refused',
      },
      {
        method: {
          type: 'keyboard-interactive',
          username: user,
          prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => text)),
        },
        accepts: 'keyboard-interactive',
        refused: 'the password was refused at the prompt',
      },
    ],
    notes: [],
  }
}

/** Methods that ssh2 does not support. */
const unsupported = new Set(['gssapi-with-mic', 'gssapi-keyex', 'hostbased'])

/** An authentication handler for ssh2, and a description of its attempts for errors. */
export interface Authentication {
  readonly handler: AuthHandlerMiddleware
  /** Returns what the server accepts, what was refused and what could not be tried, in one line. */
  readonly summary: () => string
  /** Returns a hint if OpenSSH supports a method that ssh2 does not. */
  readonly hint: () => string | undefined
}

/**
 * Prepares the login: named key files, the keys of the agent, default key files, then the password, each only if the server
 * accepts the method. ssh2 by itself stops at the first method.
 */
export const authentication = async (settings: SshSettings): Promise<Authentication> => {
  const named = settings.privateKeyFiles !== undefined
  const files = await Promise.all(
    (settings.privateKeyFiles ?? usualKeys).map((file) => readKeyFile(file, named, settings.passphrase)),
  )
  const certificates = settings.certificateFiles ?? []
  const fromFiles = files.map((file) => fromFile(file, settings.user))
  const agent = await fromAgent(settings, files)
  const parts = [
    // named keys come before the agent, whose keys could use up the attempts that the server allows
    ...(named ? [...fromFiles, agent] : [agent, ...fromFiles]),
    { attempts: [], notes: certificates.map(certificateNote) },
    fromPassword(settings),
  ]
  const { authentications } = settings
  const all = parts.flatMap(({ attempts }) => attempts)
  const waiting =
    authentications === undefined
      ? all
      : authentications.flatMap((way) => all.filter(({ accepts }) => accepts === way))
  const reports = parts.flatMap(({ notes }) => notes)
  if (waiting.length < all.length)
    reports.push(`the options of ssh only allow ${authentications?.join(', ') || 'no authentication method'}`)
  let accepted: readonly string[] = []
  let current: Attempt | undefined
  return {
    handler: (methodsLeft, partial, next) => {
      if (current !== undefined)
        reports.unshift(
          partial ? current.refused.replace(/(was|were) refused/, '$1 not enough') : current.refused,
        )
      if (methodsLeft !== null) accepted = methodsLeft
      do current = waiting.shift()
      while (current !== undefined && accepted.length > 0 && !accepted.includes(current.accepts))
      // without attempts, the method none makes the server list the methods that it accepts
      if (current === undefined && methodsLeft === null)
        return next({ type: 'none', username: settings.user })
      if (current !== undefined) return next(current.method)
      // false ends the attempts; ssh2 reads it from the return value, despite its types
      return false
    },
    summary: () =>
      [...(accepted.length > 0 ? [`the server accepts ${accepted.join(', ')}`] : []), ...reports].join('; '),
    hint: () => {
      const certified = certificates.length > 0 || files.some(({ certificate }) => certificate !== undefined)
      if (certified) return certificateHint
      const hint = files.find((file) => file.hint !== undefined)?.hint
      if (hint !== undefined) return hint
      return accepted.some((method) => unsupported.has(method)) && !accepted.includes('publickey')
        ? kerberosHint
        : undefined
    },
  }
}

const certificateHint =
  'connection: ssh does not support certificates: if the server requires one, set connection: openssh for the host'
const kerberosHint =
  'the server requires Kerberos or host-based authentication: set connection: openssh for the host'
