/** Private keys in files: what can be offered, and what to say of those that cannot. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import type { Secret } from '../../secret.ts'

/** A key file as far as it can be used. */
export interface KeyFile {
  readonly file: string
  /** The private key, ready to sign. */
  readonly privateKey: ParsedKey | undefined
  /** Its public half in wire form, which an agent's keys are compared with. */
  readonly publicKey: Buffer | undefined
  /** Why it cannot be offered, where somebody wants to know. */
  readonly note: string | undefined
  /** What to do about that. */
  readonly hint: string | undefined
  /** A certificate that lies beside it. */
  readonly certificate: string | undefined
}

const parse = (text: Buffer, passphrase?: string): ParsedKey | Error => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key in it')) : parsed
}

const beginning = 'openssh-key-v1\0'

/** The public half in a private key of OpenSSH's own format, which is there in the clear (PROTOCOL.key of OpenSSH). */
const publicInside = (text: Buffer): Buffer | undefined => {
  const [, body = ''] = /BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(text.toString('latin1')) ?? []
  const bytes = Buffer.from(body, 'base64')
  if (bytes.toString('latin1', 0, beginning.length) !== beginning) return undefined
  try {
    const endOf = (at: number): number => at + 4 + bytes.readUInt32BE(at)
    // cipher, key derivation and its options, the number of keys, then the first of the public ones
    const at = endOf(endOf(endOf(beginning.length))) + 4
    return bytes.subarray(at + 4, endOf(at))
  } catch {
    return undefined
  }
}

const publicHalf = async (file: string): Promise<Buffer | undefined> => {
  const text = await readFile(`${file}.pub`).catch(() => undefined)
  const parsed = text === undefined ? undefined : parse(text)
  return parsed === undefined || parsed instanceof Error ? undefined : parsed.getPublicSSH()
}

const faultOf = (
  file: string,
  { message }: Error,
  passphrase: Secret | undefined,
): Pick<KeyFile, 'note' | 'hint'> => {
  if (/no passphrase given|encrypted/i.test(message)) {
    const why = passphrase === undefined ? 'no passphrase was given' : 'the passphrase does not open it'
    return {
      note: `${file} is encrypted and ${why}`,
      hint: `give the variable passphrase, or let an agent hold the key: ssh-add ${file}`,
    }
  }
  return { note: `${file} is no private key that can be read (${message})`, hint: 'name another key' }
}

/**
 * Reads a key file. A public key is fine: an agent may hold the other half.
 *
 * @param named whether a person has named it, and wants to know when it is missing.
 */
export const readKeyFile = async (
  file: string,
  named: boolean,
  passphrase: Secret | undefined,
): Promise<KeyFile> => {
  const beside = `${file}-cert.pub`
  const nothing = {
    file,
    privateKey: undefined,
    publicKey: await publicHalf(file),
    note: undefined,
    hint: undefined,
    certificate: existsSync(beside) ? beside : undefined,
  }
  let text: Buffer
  try {
    text = await readFile(file)
  } catch {
    const missing = named && nothing.publicKey === undefined
    return missing
      ? { ...nothing, note: `${file} cannot be read`, hint: 'correct the path of the key (private_key_file)' }
      : nothing
  }
  const parsed = parse(text, passphrase?.reveal())
  if (parsed instanceof Error)
    return {
      ...nothing,
      ...faultOf(file, parsed, passphrase),
      publicKey: nothing.publicKey ?? publicInside(text),
    }
  const publicKey = parsed.getPublicSSH()
  if (parsed.isPrivateKey()) return { ...nothing, publicKey, privateKey: parsed }
  return {
    ...nothing,
    publicKey,
    ...(named && {
      note: `${file} is a public key, the other half of which an agent must hold`,
      hint: 'name the private half, or let an agent hold it: ssh-add',
    }),
  }
}
