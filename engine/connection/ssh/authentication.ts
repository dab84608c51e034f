import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
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

const agentKeys = (path: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    ssh2.createAgent(path).getIdentities((error, keys) => resolve(error ? undefined : (keys?.length ?? 0)))
  })

const fromAgent = async ({ agent, user }: SshSettings): Promise<Attempts> => {
  if (agent === undefined) return { attempts: [], notes: ['there is no agent'] }
  const keys = await agentKeys(agent)
  if (keys === undefined) return { attempts: [], notes: [`the agent at ${agent} does not answer`] }
  if (keys === 0) return { attempts: [], notes: ['the agent holds no key'] }
  const refused = `the agent offered ${keys === 1 ? '1 key, it was' : `${keys} keys, all were`} refused`
  return {
    attempts: [{ method: { type: 'agent', username: user, agent }, accepts: 'publickey', refused }],
    notes: [],
  }
}

const fromFile = async (
  file: string,
  named: boolean,
  { user, passphrase }: SshSettings,
): Promise<Attempts> => {
  let text: Buffer
  try {
    text = await readFile(file)
  } catch {
    return { attempts: [], notes: named ? [`${file} cannot be read`] : [] }
  }
  const parsed = ssh2.utils.parseKey(text, passphrase?.reveal())
  if (parsed instanceof Error) {
    const locked = /no passphrase given|encrypted/i.test(parsed.message)
    const note = locked
      ? `${file} is encrypted and ${passphrase === undefined ? 'no passphrase was given' : 'the passphrase does not open it'}`
      : `${file} is no private key that can be read (${parsed.message})`
    return { attempts: [], notes: [note] }
  }
  const method = {
    type: 'publickey' as const,
    username: user,
    key: text,
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }
  return { attempts: [{ method, accepts: 'publickey', refused: `${file} was refused` }], notes: [] }
}

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

/** The way in: a handler for ssh2, and the story of what was tried, for when it fails. */
export interface Authentication {
  readonly handler: AuthHandlerMiddleware
  /** What the server accepts, what was refused and what could not be tried, in one line. */
  readonly story: () => string
}

/**
 * Prepares to log in: the agent's keys, then key files, then the password, each only where the server accepts it.
 * ssh2 alone stops at the first kind that it is given.
 */
export const authentication = async (settings: SshSettings): Promise<Authentication> => {
  const named = settings.privateKeyFiles !== undefined
  const files = settings.privateKeyFiles ?? usualKeys
  const parts = [
    await fromAgent(settings),
    ...(await Promise.all(files.map((file) => fromFile(file, named, settings)))),
    fromPassword(settings),
  ]
  // a key that was named is what the person means: it goes before the agent, whose keys could use up the server's tries
  if (named) parts.push(...parts.splice(0, 1))
  const waiting = parts.flatMap(({ attempts }) => attempts)
  const told = parts.flatMap(({ notes }) => notes)
  let accepted: readonly string[] = []
  let current: Attempt | undefined
  return {
    handler: (methodsLeft, _partial, next) => {
      if (current !== undefined) told.unshift(current.refused)
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
  }
}
