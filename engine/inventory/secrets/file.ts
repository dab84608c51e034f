/** Files that are encrypted as a whole, with age or Ansible Vault. */
import { decryptAge, isAge } from './age.ts'
import type { Keyring } from './keyring.ts'
import { isVault, openVault } from './vault.ts'

/** Whether a file is encrypted as a whole: what names it holds cannot be known before it is opened. */
export const isLocked = (bytes: Uint8Array): boolean =>
  isAge(bytes) || isVault(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))

/**
 * What is in a file that is encrypted as a whole.
 *
 * @throws `secret-locked`, `secret-broken`.
 */
export const textOf = async (file: string, bytes: Uint8Array, keys: Keyring): Promise<Uint8Array> =>
  isAge(bytes)
    ? decryptAge(bytes, await keys.identities(), file)
    : Buffer.from(await openVault(Buffer.from(bytes).toString(), keys.vaultPasswords, file))
