/** Keys that sign the tokens of service accounts, in the files that kubeadm names. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** A public key that a file has. */
export interface PublicKey {
  /** Its name in the header of a token (`kid`): SHA-256 of its SubjectPublicKeyInfo in Base64 for URLs. */
  readonly id: string
  readonly key: KeyObject
  /** When this project has made it; undefined for the key of another program. */
  readonly made: Date | undefined
}

const made = promisify(generateKeyPair)

/** The name of a public key in the headers of tokens, as API servers derive it. */
export const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url')

/** The line before a key that this project makes. API servers and OpenSSL read nothing outside of the blocks of PEM. */
const heading = (time: Date): string =>
  `# service account key made by coxswain at ${time.toISOString().replace(/\.\d+/, '')}`

const ownHeading = /^# service account key made by coxswain at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/

const timeIn = (line: string): Date | undefined => {
  const time = new Date(ownHeading.exec(line)?.[1] ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time
}

const asPublic = (block: string): KeyObject | undefined => {
  try {
    return createPublicKey(block)
  } catch {
    return undefined
  }
}

/**
 * The public keys in a text, as `--service-account-key-file` takes them.
 *
 * @returns undefined for a text without keys, or with a block that is not a public key: what an API server makes of it is not known.
 */
export const publicKeysIn = (text: string): PublicKey[] | undefined => {
  const keys: PublicKey[] = []
  let block: string[] | undefined
  let time: Date | undefined
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    if (line.startsWith('-----BEGIN ')) {
      if (block !== undefined || !/^-----BEGIN (?:RSA )?PUBLIC KEY-----$/.test(line)) return undefined
      block = [line]
    } else if (block === undefined) time = timeIn(line) ?? time
    else {
      block.push(line)
      if (!line.startsWith('-----END ')) continue
      const key = asPublic(block.join('\n'))
      if (key === undefined || !isUsable(key)) return undefined
      keys.push({ id: keyId(key), key, made: time })
      block = undefined
      time = undefined
    }
  }
  return keys.length === 0 || block !== undefined ? undefined : keys
}

/** Whether API servers take a key: of RSA, or of an elliptic curve. */
const isUsable = ({ asymmetricKeyType: type }: KeyObject): boolean => type === 'rsa' || type === 'ec'

/** The public key of a private one; undefined for a text that is not a private key. */
export const publicOf = (text: string): KeyObject | undefined => {
  try {
    const key = createPublicKey(createPrivateKey(text))
    return isUsable(key) ? key : undefined
  } catch {
    return undefined
  }
}

/** A public key as a file has it, with the time at which it was made. */
export const publicText = (key: KeyObject, time: Date): string =>
  `${heading(time)}\n${String(key.export({ type: 'spki', format: 'pem' }))}`

/** A new private key of the kind of another one: of RSA with 2048 bits or more, or of the same curve. It is made on this machine. */
export const newPrivateKey = async (like: KeyObject): Promise<string> => {
  const { modulusLength = 0, namedCurve } = like.asymmetricKeyDetails ?? {}
  if (like.asymmetricKeyType === 'ec' && namedCurve !== undefined) {
    const { privateKey } = await made('ec', { namedCurve })
    return String(privateKey.export({ type: 'sec1', format: 'pem' }))
  }
  const { privateKey } = await made('rsa', { modulusLength: Math.max(2048, modulusLength) })
  return String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
}
