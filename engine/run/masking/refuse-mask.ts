/** The last gate before a host: text in which the mask of a secret stands for the secret is refused. */
import type { Input, Request } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import { mask, maskInText } from '../../secret.ts'
import { certainInBase64 } from './secret-forms.ts'

const bytes = Buffer.from(maskInText)
const eachByte = (write: (byte: number) => string): string =>
  [...bytes.subarray(0, -mask.length)].map(write).join('')
const percent = eachByte((byte) => `%${byte.toString(16)}`)

/** The mask as it is, and as encodings and escapes write it. */
const forms: readonly Buffer[] = [
  maskInText,
  String.raw`\u2063${mask}`,
  ...[percent, percent.toUpperCase()].flatMap((start) => [`${start}*`, `${start}%2A`, `${start}%2a`]),
  eachByte((byte) => `\\${byte.toString(8)}`) + mask,
  eachByte((byte) => `\\x${byte.toString(16)}`) + mask,
  `&#8291;${mask}`,
  bytes.toString('hex'),
  bytes.toString('hex').toUpperCase(),
  ...certainInBase64(bytes),
].map((form) => Buffer.from(form))

/** Content beyond this is searched for the mask as it is, not for its encodings. */
const mostEncoded = 1024 * 1024

const holdsIt = (text: string | Uint8Array): boolean => {
  const all =
    typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength)
  return (all.length > mostEncoded ? forms.slice(0, 1) : forms).some((form) => all.includes(form))
}

const isText = (input: Input | undefined): input is string | Uint8Array =>
  typeof input === 'string' || input instanceof Uint8Array

/**
 * Refuses a request whose text holds the mask of a secret.
 *
 * @throws `secret-masked` naming what holds it.
 */
export const refuseMask = ({ script, stdin, operation, identity }: Request): void => {
  const refuse = (where: string): never => {
    throw new CoxswainError('secret-masked', `${mask}, the mask of a secret, in ${where}`)
  }
  if (isText(stdin) && holdsIt(stdin))
    refuse(operation === undefined ? 'the standard input of a command' : `the content of ${operation.path}`)
  if (holdsIt(script))
    refuse(operation === undefined ? 'a command' : `a path or an attribute: ${operation.path}`)
  if (identity !== undefined && holdsIt(identity.user)) refuse('the name of a user')
}
