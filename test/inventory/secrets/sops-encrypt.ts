/** An independent encryptor for SOPS's format, because `sops` is not available everywhere. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { Encrypter, armor, identityToRecipient } from 'age-encryption'
import { identityIn } from './keys.ts'

export type Tree = string | number | boolean | null | readonly Tree[] | { readonly [key: string]: Tree }

const seal = (text: string, type: string, bound: string, key: Buffer): string => {
  const iv = randomBytes(32)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(bound, 'utf8'))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const parts = [data, iv, cipher.getAuthTag()].map((part) => part.toString('base64'))
  return `ENC[AES256_GCM,data:${parts[0]},iv:${parts[1]},tag:${parts[2]},type:${type}]`
}

const typed = (value: string | number | boolean): [string, string] => {
  if (typeof value === 'string') return [value, 'str']
  if (typeof value === 'boolean') return [value ? 'True' : 'False', 'bool']
  return [String(value), Number.isInteger(value) ? 'int' : 'float']
}

export interface Encrypted {
  /** The encrypted tree with its `sops` map. */
  readonly file: Record<string, unknown>
  readonly dataKey: Buffer
}

/** A file as `sops --age … -e` writes it, for the identity of the fixtures. Values of keys that end with `_unencrypted` are not encrypted. */
export const sopsEncrypt = async (
  tree: { readonly [key: string]: Tree },
  { onlyEncrypted = false }: { onlyEncrypted?: boolean } = {},
): Promise<Encrypted> => {
  const dataKey = randomBytes(32)
  const digest = createHash('sha512')
  if (onlyEncrypted) digest.update(createHash('sha256').update('sops').digest())
  const walk = (value: Tree, path: readonly string[]): unknown => {
    if (value === null) return null
    if (Array.isArray(value)) return value.map((item: Tree) => walk(item, path))
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]))
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
    const [text, type] = typed(value)
    const clear = path.some((key) => key.endsWith('_unencrypted'))
    if (!clear || !onlyEncrypted) digest.update(text)
    // an empty text is not encrypted
    return clear || text === '' ? value : seal(text, type, `${path.join(':')}:`, dataKey)
  }
  const data = Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, walk(value, [key])]))
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identityIn('age-key.txt')))
  const lastmodified = '2026-01-02T03:04:05Z'
  const sops = {
    age: [{ recipient: 'age1…', enc: armor.encode(await encrypter.encrypt(dataKey)) }],
    lastmodified,
    mac: seal(digest.digest('hex').toUpperCase(), 'str', lastmodified, dataKey),
    unencrypted_suffix: '_unencrypted',
    version: '3.9.4',
    ...(onlyEncrypted && { mac_only_encrypted: true }),
  }
  return { file: { ...data, sops }, dataKey }
}
