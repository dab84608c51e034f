import { homedir } from 'node:os'
import { CoxswainError } from '../../errors.ts'
import { createKeyring } from '../../inventory/secrets/key-sources.ts'
import type { Keyring } from '../../inventory/secrets/keyring.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import type { ValuesOf } from '../define-option.ts'
import type { secretOptions } from '../options/secrets.ts'
import type { Prompt } from './prompt.ts'

/** The keys of a run. */
export interface Keys {
  readonly keyring: Keyring
  /** Stops prompting for secrets: during a run, a prompt would be lost in the output. */
  readonly stopAsking: () => void
}

/** The keys from the command line and the environment. All decrypted values are masked in every output. */
export const keysOf = (
  options: ValuesOf<typeof secretOptions>,
  prompt: Prompt,
  redactor: Redactor,
  { refuseOpenKeys = false }: { readonly refuseOpenKeys?: boolean } = {},
): Keys => {
  let asking = true
  const keyring = createKeyring({
    env: process.env,
    home: homedir(),
    ageKeyFiles: options.ageKeyFile,
    refuseOpenKeys,
    vaultPasswordFiles: options.vaultPasswordFile,
    vaultIds: options.vaultId,
    askVaultPass: options.askVaultPass,
    ask: async (question) => {
      if (asking) return prompt.secret(question)
      throw new CoxswainError('secret-missing', `a prompt is no longer possible: ${question}`, {
        hint: 'the run has started; include the host in a play and in --limit, so that the prompt comes before the run',
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
