/** Passwords as PostgreSQL keeps them: SCRAM-SHA-256 (RFC 5803), and MD5 of older releases. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

const iterations = 4096

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** What is kept of a password: with the same salt and iterations, the same text. */
const verifier = (password: string, salt: Buffer, rounds: number): string => {
  // for a password of ASCII this changes nothing; PostgreSQL prepares others likewise (SASLprep)
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, rounds, 32, 'sha256')
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
  const server = hmac(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${server}`
}

/** What PostgreSQL must keep of a password. It is sent in its place, so that no log of the server has the password. */
export const newVerifier = (password: string): string => verifier(password, randomBytes(16), iterations)

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** The most iterations that are computed: the number comes from the host. */
const maxIterations = 1_000_000

/** Whether what PostgreSQL keeps is that of this password. */
export const isPassword = (kept: string, role: string, password: string): boolean => {
  const [, rounds, salt] = /^SCRAM-SHA-256\$(\d{1,7}):([\w+/=]+)\$/.exec(kept) ?? []
  if (rounds !== undefined && salt !== undefined) {
    if (Number(rounds) < 1 || Number(rounds) > maxIterations) return false
    return isSame(kept, verifier(password, Buffer.from(salt, 'base64'), Number(rounds)))
  }
  return isSame(kept, `md5${createHash('md5').update(`${password}${role}`).digest('hex')}`)
}
