/** Encrypted files, with age or Ansible Vault. */
import { decryptAge, isAge } from './age.ts'
import type { Keyring } from './keyring.ts'
import { isVault, openVault } from './vault.ts'

/** Whether a file is encrypted, so that the names in it are not known before it is opened. */
export const isLocked = (bytes: Uint8Array): boolean =>
  isAge(bytes) || isVault(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))

/**
 * Decrypts an encrypted file.
 *
 * @throws `secret-locked`, `secret-broken`.
 */
export const textOf = async (file: string, bytes: Uint8Array, keys: Keyring): Promise<Uint8Array> =>
  isAge(bytes)
    ? decryptAge(bytes, await keys.identities(), file)
    : Buffer.from(await openVault(Buffer.from(bytes).toString(), keys.vaultPasswords, file))
