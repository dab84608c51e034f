/** What Ansible Vault has encrypted, formats 1.1 and 1.2: whole files and single values. */
import { Vault } from 'ansible-vault'
import { CoxswainError } from '../../errors.ts'
import type { VaultPassword } from './keyring.ts'

const header = /^\s*\$ANSIBLE_VAULT;([^;\s]*);([^;\s]*)(?:;([^\r\n]*))?\s*(?:\r?\n|$)/

/** Whether a text is a vault's. */
export const isVault = (text: string): boolean => /^\s*\$ANSIBLE_VAULT;/.test(text)

/** The id that a vault names: that of its password. 1.1 has none. */
export const vaultIdOf = (text: string): string | undefined => header.exec(text)?.[3]?.trim()

const howToGive = 'give its password: --vault-password-file FILE, --vault-id LABEL@FILE or --ask-vault-pass'

/** The text as the library takes it: a value in YAML is indented and ends with a newline. */
const withoutIndent = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')

/** Passwords in the order in which they are worth a try: those of the vault's own id first, as Ansible does. */
const inOrder = (passwords: readonly VaultPassword[], id: string | undefined): VaultPassword[] => [
  ...passwords.filter((one) => one.id === id),
  ...passwords.filter((one) => one.id !== id),
]

const locked = (id: string | undefined, tried: readonly VaultPassword[], what: string): CoxswainError => {
  const named = id === undefined ? 'it names no vault id' : `its vault id is ${id}`
  if (tried.length === 0)
    return new CoxswainError(
      'secret-locked',
      `${what} is encrypted with Ansible Vault, and there is no password (${named})`,
      {
        hint: howToGive,
      },
    )
  const ids = tried.map((one) => one.id).join(', ')
  return new CoxswainError('secret-locked', `no vault password opens ${what}: ${named}, tried: ${ids}`, {
    hint: howToGive,
  })
}

/**
 * What is in a vault.
 *
 * @param what it is, for errors.
 * @throws `secret-locked` when no password opens it, `secret-broken` when it is no whole vault.
 */
export const openVault = async (
  text: string,
  passwords: readonly VaultPassword[],
  what: string,
): Promise<string> => {
  const [, version = '', cipher = ''] = header.exec(text) ?? []
  if (!['1.1', '1.2'].includes(version) || cipher !== 'AES256') {
    throw new CoxswainError(
      'secret-broken',
      `${what} is a vault of an unknown format: ${version} ${cipher}`,
      {
        hint: 'vaults of the formats 1.1 and 1.2 with AES256 can be read',
      },
    )
  }
  const id = vaultIdOf(text)
  const vault = withoutIndent(text)
  for (const password of inOrder(passwords, id)) {
    try {
      const opened = await new Vault({ password: (await password.fetch()).reveal() }).decrypt(
        vault,
        undefined,
      )
      if (opened !== undefined) return opened
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'CoxswainError') throw error
      // the library's word for a wrong password; a vault that was changed cannot be told from one of another password
      if (error.message === 'Integrity check failed') continue
      throw new CoxswainError('secret-broken', `${what} is no whole vault: ${error.message}`, {
        cause: error,
      })
    }
  }
  throw locked(id, passwords, what)
}
