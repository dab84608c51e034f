/** The keys for sealed values: identities, passwords, programs and prompts. */
import { CoxswainError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'

/** A password of Ansible Vault with its label, fetched on first use. */
export interface VaultPassword {
  readonly id: string
  readonly fetch: () => Promise<Secret>
}

/** The keys of a run. Each is fetched on first use and then cached. */
export interface Keyring {
  /** Identities of age, `AGE-SECRET-KEY-1…`. */
  readonly identities: () => Promise<readonly Secret[]>
  readonly vaultPasswords: readonly VaultPassword[]
  /** Prompts at the terminal. */
  readonly ask: (question: string) => Promise<Secret>
  /** Returns the output of a program on this machine, started in `folder`. */
  readonly run: (command: readonly string[], folder: string) => Promise<Secret>
  /** Returns an environment variable of this machine. */
  readonly env: (name: string) => string | undefined
  /** Calls `make` once per key. A failure is not retried. */
  readonly once: <Value>(key: unknown, make: () => Promise<Value>) => Promise<Value>
  /** Called with every opened secret, to mask it. */
  readonly learn: (secrets: readonly Secret[]) => void
}

/** Makes values once per key, which is compared as in a Map. A key must always be used with the same type. */
export const makeOnce = (): Keyring['once'] => {
  const made = new Map<unknown, Promise<unknown>>()
  return <Value>(key: unknown, make: () => Promise<Value>): Promise<Value> => {
    const known = made.get(key)
    // the type of a Map cannot express that each key has its own type
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
    throw new CoxswainError('secret-missing', `a prompt is not possible here: ${question}`)
  },
  run: async ([program = '']) => {
    throw new CoxswainError('secret-missing', `${program} is not run here`)
  },
  env: () => undefined,
  once: makeOnce(),
  learn: () => {},
})
