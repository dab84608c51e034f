/** What opens sealed values: keys, passwords, programs and people, handed in by the command line. */
import { CoxswainError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'

/** A password of Ansible Vault with its label; it is fetched when it is first tried. */
export interface VaultPassword {
  readonly id: string
  readonly fetch: () => Promise<Secret>
}

/** The keys that a run has. Each thing is fetched when it is first needed, and then remembered. */
export interface Keyring {
  /** Identities of age, `AGE-SECRET-KEY-1…`. */
  readonly identities: () => Promise<readonly Secret[]>
  readonly vaultPasswords: readonly VaultPassword[]
  /** Asks the person at the terminal. */
  readonly ask: (question: string) => Promise<Secret>
  /** What a program on this machine prints; `folder` is where it is started. */
  readonly run: (command: readonly string[], folder: string) => Promise<Secret>
  /** A variable of this machine's environment. */
  readonly env: (name: string) => string | undefined
  /** Does something once for a key. What failed is not tried again. */
  readonly once: <Value>(key: unknown, make: () => Promise<Value>) => Promise<Value>
  /** Is told everything that was opened and must not be seen. */
  readonly learn: (secrets: readonly Secret[]) => void
}

/** Values that are made once for a key, which is compared as a map does. A key must always be used with one type. */
export const makeOnce = (): Keyring['once'] => {
  const made = new Map<unknown, Promise<unknown>>()
  return <Value>(key: unknown, make: () => Promise<Value>): Promise<Value> => {
    const known = made.get(key)
    // a map cannot say that each key has its own type, so this is said here, once
    if (known !== undefined) return known as Promise<Value>
    const value = make()
    made.set(key, value)
    return value
  }
}

/** A keyring without any key. */
export const emptyKeyring = (): Keyring => ({
  identities: async () => [],
  vaultPasswords: [],
  ask: async (question) => {
    throw new CoxswainError('secret-missing', `nobody is there to ask: ${question}`)
  },
  run: async ([program = '']) => {
    throw new CoxswainError('secret-missing', `${program} is not run here`)
  },
  env: () => undefined,
  once: makeOnce(),
  learn: () => {},
})
