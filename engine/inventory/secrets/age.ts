/** Files encrypted with age (https://age-encryption.org/v1), binary or armored. */
import type { Decrypter, Encrypter } from 'age-encryption'
import { CoxswainError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'

const binaryStart = 'age-encryption.org/v1\n'
const armorStart = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether a file is encrypted with age. */
export const isAge = (bytes: Uint8Array): boolean => {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  return start.startsWith(binaryStart) || start.trimStart().startsWith(armorStart)
}

/** Whether an age file is armored: text, as `age --armor` writes it. */
export const isArmored = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart().startsWith(armorStart)

const encrypterFor = async (recipients: readonly string[]): Promise<Encrypter> => {
  const { Encrypter: Made } = await import('age-encryption')
  const encrypter = new Made()
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient)
    } catch (cause) {
      throw new CoxswainError('usage', `${recipient} is not a recipient of age`, {
        cause,
        hint: 'a recipient begins with age1; `age-keygen -y FILE` prints that of an identity',
      })
    }
  }
  return encrypter
}

/**
 * Encrypts a stream with age, in the binary format, part by part: a large file does not have to fit into memory.
 *
 * @param recipients `age1…`, at least one.
 * @throws `usage` for an invalid recipient.
 */
export async function* encryptAgeStream(
  chunks: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  const encrypter = await encrypterFor(recipients)
  const source = chunks[Symbol.asyncIterator]()
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
  })
  const reader = (await encrypter.encrypt(stream)).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

/**
 * Encrypts bytes with age.
 *
 * @param recipients `age1…`, at least one.
 * @param armored whether the result is text.
 * @throws `usage` for an invalid recipient.
 */
export const encryptAge = async (
  bytes: Uint8Array,
  recipients: readonly string[],
  armored = true,
): Promise<Uint8Array> => {
  const [{ armor }, encrypter] = await Promise.all([import('age-encryption'), encrypterFor(recipients)])
  const binary = await encrypter.encrypt(bytes)
  return armored ? Buffer.from(armor.encode(binary)) : binary
}

const howToGiveKeys =
  'give the identity: --age-key-file FILE (`run secret`: --identity FILE), COXSWAIN_AGE_KEY_FILE, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY, ageKeyFiles in coxswain.config.ts, or ~/.config/sops/age/keys.txt'

const addIdentities = (decrypter: Decrypter, identities: readonly Secret[]): void => {
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.reveal())
    } catch {
      // the message of the library could show the key
      throw new CoxswainError('secret-locked', 'one of the age identities is not a valid key', {
        hint: 'check that each line of the key file is complete: AGE-SECRET-KEY-1…',
      })
    }
  }
}

/**
 * Decrypts an age file.
 *
 * @param what the name of the file, for errors.
 * @throws `secret-locked` if no identity matches, `secret-broken` if the file is damaged.
 */
export const decryptAge = async (
  bytes: Uint8Array,
  identities: readonly Secret[],
  what: string,
): Promise<Uint8Array> => {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  if (!isAge(bytes))
    throw new CoxswainError('secret-broken', `${what} is not encrypted with age`, {
      hint: 'encrypt a value with `run secret encrypt --name NAME`, a file with `run secret encrypt FILE`',
    })
  if (identities.length === 0)
    throw new CoxswainError('secret-locked', `${what} is encrypted with age, but no identity is set`, {
      hint: howToGiveKeys,
    })
  // loaded on demand: it is slow to load, and most inventories do not need it
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
        identities.length === 1
          ? 'the identity does not match'
          : `none of ${identities.length} identities matches`
      throw new CoxswainError(
        'secret-locked',
        `${what} is encrypted with age for other recipients: ${which}`,
        {
          hint: howToGiveKeys,
        },
      )
    }
    throw new CoxswainError('secret-broken', `${what} is not a complete age file: ${message}`, { cause })
  }
}
