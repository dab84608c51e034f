import { homedir } from 'node:os'
import { CoxswainError } from '../../errors.ts'
import { createKeyring } from '../../inventory/secrets/key-sources.ts'
import type { Keyring } from '../../inventory/secrets/keyring.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import type { ValuesOf } from '../define-option.ts'
import type { secretOptions } from '../options/secrets.ts'
import type { Prompt } from './prompt.ts'

/** The keys of a run, and the end of its questions. */
export interface Keys {
  readonly keyring: Keyring
  /** From here on nobody is asked any more: a question in the middle of a run would be lost in its output. */
  readonly stopAsking: () => void
}

/** The keys that the command line and the environment name. All that they open is masked in every output. */
export const keysOf = (options: ValuesOf<typeof secretOptions>, prompt: Prompt, redactor: Redactor): Keys => {
  let asking = true
  const keyring = createKeyring({
    env: process.env,
    home: homedir(),
    ageKeyFile: options.ageKeyFile,
    vaultPasswordFiles: options.vaultPasswordFile,
    vaultIds: options.vaultId,
    askVaultPass: options.askVaultPass,
    ask: async (question) => {
      if (asking) return prompt.secret(question)
      throw new CoxswainError('secret-missing', `too late to ask: ${question}`, {
        hint: 'the run has begun; name the host in a play and in --limit, so that it is asked for before',
      })
    },
    learn: (secrets) => redactor.learn(secrets),
  })
  return {
    keyring,
    stopAsking: () => {
      asking = false
    },
  }
}
