/** Decrypts files and values of Ansible Vault, formats 1.1 and 1.2. */
import { Vault } from 'ansible-vault'
import { CoxswainError } from '../../errors.ts'
import type { VaultPassword } from './keyring.ts'

const header = /^\s*\$ANSIBLE_VAULT;([^;\s]*);([^;\s]*)(?:;([^\r\n]*))?\s*(?:\r?\n|$)/

/** Whether a text is a vault. */
export const isVault = (text: string): boolean => /^\s*\$ANSIBLE_VAULT;/.test(text)

/** The vault ID of a vault, which names its password; undefined in format 1.1. */
export const vaultIdOf = (text: string): string | undefined => header.exec(text)?.[3]?.trim()

const howToGive = 'give the password: --vault-password-file FILE, --vault-id LABEL@FILE or --ask-vault-pass'

/** Removes the indentation of a value in YAML, for the library. */
const withoutIndent = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')

/** Passwords in the order to try: those with the ID of the vault first, as in Ansible. */
const inOrder = (passwords: readonly VaultPassword[], id: string | undefined): VaultPassword[] => [
  ...passwords.filter((one) => one.id === id),
  ...passwords.filter((one) => one.id !== id),
]

const locked = (id: string | undefined, tried: readonly VaultPassword[], what: string): CoxswainError => {
  const named = id === undefined ? 'it has no vault ID' : `its vault ID is ${id}`
  if (tried.length === 0)
    return new CoxswainError(
      'secret-locked',
      `${what} is encrypted with Ansible Vault, but no password is set (${named})`,
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
 * Decrypts a vault.
 *
 * @param what its name, for errors.
 * @throws `secret-locked` if no password opens it, `secret-broken` if it is not a complete vault.
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
      `${what} is a vault of an unsupported format: ${version} ${cipher}`,
      {
        hint: 'the supported formats are 1.1 and 1.2 with AES256',
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
      // the message of the library for a wrong password, and for a changed vault
      if (error.message === 'Integrity check failed') continue
      throw new CoxswainError('secret-broken', `${what} is not a complete vault: ${error.message}`, {
        cause: error,
      })
    }
  }
  throw locked(id, passwords, what)
}
