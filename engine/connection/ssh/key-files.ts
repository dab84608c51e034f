/** Reads private key files, with a note on each key that cannot be offered. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import type { Secret } from '../../secret.ts'
import { throwIfTooManyOpen } from '../open-files.ts'

/** A key file and its usable parts. */
export interface KeyFile {
  readonly file: string
  /** The private key, ready to sign. */
  readonly privateKey: ParsedKey | undefined
  /** Its public key in wire format, to compare with the keys of an agent. */
  readonly publicKey: Buffer | undefined
  /** Why it cannot be offered, for errors. */
  readonly note: string | undefined
  /** What to do about that. */
  readonly hint: string | undefined
  /** A certificate in the same folder. */
  readonly certificate: string | undefined
}

const parse = (text: Buffer, passphrase?: string): ParsedKey | Error => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('the file has no key')) : parsed
}

const beginning = 'openssh-key-v1\0'

/** The public key in a private key of OpenSSH's format, where it is not encrypted (PROTOCOL.key of OpenSSH). */
const publicInside = (text: Buffer): Buffer | undefined => {
  const [, body = ''] = /BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(text.toString('latin1')) ?? []
  const bytes = Buffer.from(body, 'base64')
  if (bytes.toString('latin1', 0, beginning.length) !== beginning) return undefined
  try {
    const endOf = (at: number): number => at + 4 + bytes.readUInt32BE(at)
    // cipher, key derivation and its options, the number of keys, then the first public key
    const at = endOf(endOf(endOf(beginning.length))) + 4
    return bytes.subarray(at + 4, endOf(at))
  } catch {
    return undefined
  }
}

/** A file's content, or why it cannot be read; undefined if it does not exist. */
const contentOf = async (file: string): Promise<Buffer | Error | undefined> => {
  try {
    return await readFile(file)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throwIfTooManyOpen(`read ${file}`, error)
    const missing = 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return missing ? undefined : error
  }
}

const publicHalf = async (file: string): Promise<Buffer | undefined> => {
  const text = await contentOf(`${file}.pub`)
  const parsed = text === undefined || text instanceof Error ? undefined : parse(text)
  return parsed === undefined || parsed instanceof Error ? undefined : parsed.getPublicSSH()
}

const faultOf = (
  file: string,
  { message }: Error,
  passphrase: Secret | undefined,
): Pick<KeyFile, 'note' | 'hint'> => {
  if (/no passphrase given|encrypted/i.test(message)) {
    const why = passphrase === undefined ? 'no passphrase is set' : 'the passphrase is wrong'
    return {
      note: `${file} is encrypted and ${why}`,
      hint: `set the variable passphrase, or add the key to an agent: ssh-add ${file}`,
    }
  }
  return { note: `${file} is not a readable private key (${message})`, hint: 'use another key' }
}

/**
 * Reads a key file. A public key is valid: an agent can have the private key.
 *
 * @param named whether the user has named it, so that a missing file is reported.
 * @throws CoxswainError `connect-failed` if this machine allows too few open files.
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
  const text = await contentOf(file)
  if (text === undefined)
    return named && nothing.publicKey === undefined
      ? { ...nothing, note: `${file} does not exist`, hint: 'fix the path of the key (private_key_file)' }
      : nothing
  if (text instanceof Error)
    return {
      ...nothing,
      note: `${file} cannot be read (${text.message})`,
      hint: `let your user read ${file}, or use another key`,
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
      note: `${file} is a public key, whose private key must be in an agent`,
      hint: 'give the private key file, or add the private key to an agent: ssh-add',
    }),
  }
}
