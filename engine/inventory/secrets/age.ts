/** Files encrypted with age (https://age-encryption.org/v1), binary or armored. */
import type { Decrypter } from 'age-encryption'
import { CoxswainError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'

const binaryStart = 'age-encryption.org/v1\n'
const armorStart = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether a file is encrypted with age. */
export const isAge = (bytes: Uint8Array): boolean => {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  return start.startsWith(binaryStart) || start.trimStart().startsWith(armorStart)
}

const howToGiveKeys =
  'give the identity: --age-key-file FILE, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY or ~/.config/sops/age/keys.txt'

const addIdentities = (decrypter: Decrypter, identities: readonly Secret[]): void => {
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.reveal())
    } catch {
      // the library's words could show the key
      throw new CoxswainError('secret-locked', 'one of the age identities is not a valid key', {
        hint: 'see that each line of the file of keys is whole: AGE-SECRET-KEY-1…',
      })
    }
  }
}

/**
 * What is in an age file.
 *
 * @param what it is, for errors.
 * @throws `secret-locked` when no identity fits, `secret-broken` when the file is damaged.
 */
export const decryptAge = async (
  bytes: Uint8Array,
  identities: readonly Secret[],
  what: string,
): Promise<Uint8Array> => {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  if (identities.length === 0)
    throw new CoxswainError('secret-locked', `${what} is encrypted with age, and there is no identity`, {
      hint: howToGiveKeys,
    })
  // it takes longer to load than all the rest, and most inventories have nothing for it
  const { Decrypter, armor } = await import('age-encryption')
  const decrypter = new Decrypter()
  addIdentities(decrypter, identities)
  try {
    const binary = text.startsWith(armorStart) ? armor.decode(Buffer.from(bytes).toString('latin1')) : bytes
    return await decrypter.decrypt(binary)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    if (/no identity matched/.test(message)) {
      const which =
        identities.length === 1 ? 'the identity does not fit' : `none of ${identities.length} identities fits`
      throw new CoxswainError('secret-locked', `${what} is encrypted with age for somebody else: ${which}`, {
        hint: howToGiveKeys,
      })
    }
    throw new CoxswainError('secret-broken', `${what} is no whole age file: ${message}`, { cause })
  }
}
