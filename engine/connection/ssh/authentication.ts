import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
import { agentKeys } from './agent-keys.ts'
import { readKeyFile } from './key-files.ts'
import type { KeyFile } from './key-files.ts'
import type { SshSettings } from './settings.ts'

/** Keys that ssh offers when none is named (ssh_config(5), IdentityFile). */
const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name))

/** One thing to try, and what to say if the server refuses it. */
interface Attempt {
  readonly method: AnyAuthMethod
  /** What a server calls it, to leave out what it does not accept. */
  readonly accepts: string
  readonly refused: string
}

/** Ways to log in, in order, and notes on what cannot be tried. */
interface Attempts {
  readonly attempts: readonly Attempt[]
  readonly notes: readonly string[]
}

const counted = (keys: number): string => (keys === 1 ? '1 key, it was' : `${keys} keys, all were`)

const fromAgent = async (
  { agent, user, identitiesOnly = false }: SshSettings,
  files: readonly KeyFile[],
): Promise<Attempts> => {
  if (agent === undefined) return { attempts: [], notes: ['there is no agent'] }
  const held = await agentKeys(agent)
  if (held === undefined) return { attempts: [], notes: [`the agent at ${agent} does not answer`] }
  if (held.keys.length === 0) return { attempts: [], notes: ['the agent holds no key'] }
  const isOf = (key: (typeof held.keys)[number], among: readonly KeyFile[]): boolean =>
    among.some(({ publicKey }) => publicKey?.equals(key.getPublicSSH()) === true)
  // what a file gives is offered from there; servers count each try
  const other = held.keys.filter((key) =>
    files.every((file) => file.privateKey === undefined || !isOf(key, [file])),
  )
  const named = other.filter((key) => isOf(key, files))
  const offered = identitiesOnly ? named : [...named, ...other.filter((key) => !named.includes(key))]
  if (offered.length === 0) {
    const why = identitiesOnly ? 'no other of the keys that IdentitiesOnly leaves' : 'no other key'
    return { attempts: [], notes: [`the agent holds ${why}`] }
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

const certificateNote = (file: string): string => `the certificate ${file} was not shown`

const fromPassword = ({ user, password }: SshSettings): Attempts => {
  if (password === undefined) return { attempts: [], notes: ['no password was given'] }
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

/** What servers accept that ssh2 cannot do. */
const beyondUs = new Set(['gssapi-with-mic', 'gssapi-keyex', 'hostbased'])

/** The way in: a handler for ssh2, and the story of what was tried, for when it fails. */
export interface Authentication {
  readonly handler: AuthHandlerMiddleware
  /** What the server accepts, what was refused and what could not be tried, in one line. */
  readonly story: () => string
  /** What to do where OpenSSH might get in and we cannot. */
  readonly hint: () => string | undefined
}

/**
 * Prepares to log in: named key files, the agent's keys, usual key files, then the password, each only where the server
 * accepts it. ssh2 alone stops at the first kind that it is given.
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
    // a key that was named is what the person means: it goes before the agent, whose keys could use up the server's tries
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
  const told = parts.flatMap(({ notes }) => notes)
  if (waiting.length < all.length)
    told.push(`only ${authentications?.join(', ') || 'no way to log in'} is allowed by the options of ssh`)
  let accepted: readonly string[] = []
  let current: Attempt | undefined
  return {
    handler: (methodsLeft, partial, next) => {
      if (current !== undefined)
        told.unshift(
          partial ? current.refused.replace(/(was|were) refused/, '$1 not enough') : current.refused,
        )
      if (methodsLeft !== null) accepted = methodsLeft
      do current = waiting.shift()
      while (current !== undefined && accepted.length > 0 && !accepted.includes(current.accepts))
      // with nothing to try, asking for nothing at least makes the server say what it accepts
      if (current === undefined && methodsLeft === null)
        return next({ type: 'none', username: settings.user })
      if (current !== undefined) return next(current.method)
      // false is "no more"; ssh2 takes it as the return value, which its types leave open
      return false
    },
    story: () =>
      [...(accepted.length > 0 ? [`the server accepts ${accepted.join(', ')}`] : []), ...told].join('; '),
    hint: () => {
      const certified = certificates.length > 0 || files.some(({ certificate }) => certificate !== undefined)
      if (certified) return certificateHint
      const hint = files.find((file) => file.hint !== undefined)?.hint
      if (hint !== undefined) return hint
      return accepted.some((method) => beyondUs.has(method)) && !accepted.includes('publickey')
        ? kerberosHint
        : undefined
    },
  }
}

const certificateHint =
  'connection: ssh shows no certificates: where the server wants one, set connection: openssh for the host'
const kerberosHint =
  'this server wants Kerberos or the key of this machine, which connection: openssh of the host can do'
