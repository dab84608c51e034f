import type { X509Certificate } from 'node:crypto'
import { CoxswainError, defineTask, ok, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { certificatesIn } from './certificates/certificate.ts'

/** The expiry of a certificate. */
export interface CertificateExpiry {
  /** Number of full days until then. */
  readonly days: number
  /** The moment, as an ISO date and time. */
  readonly notAfter: string
  readonly subject: string
}

const params = () =>
  z
    .object({
      path: remotePath()
        .optional()
        .describe('a file in PEM format; of several certificates, the first to expire counts'),
      server: z
        .string()
        .regex(/^(?:\[[\da-fA-F:]+\]|[\w.-]+):\d+$/, 'must be host:port')
        .optional()
        .describe('host:port of a TLS server, connected to from the host'),
      name: z
        .string()
        .regex(/^[\w.-]+$/, 'must be a host name')
        .optional()
        .describe('the server name to request (SNI); by default the host of `server`'),
      days: z.coerce
        .number<number | string>()
        .nonnegative()
        .default(30)
        .describe('fail if the certificate expires in fewer days than this'),
    })
    .refine(({ path, server }) => (path === undefined) !== (server === undefined), {
      message: 'exactly one of path and server is required',
    })
type Params = z.output<ReturnType<typeof params>>

const textOf = async ({ remote }: CheckContext, { path, server = '', name }: Params): Promise<string> => {
  if (path !== undefined) {
    const text = await remote.read(path)
    if (text !== undefined) return text
    throw new CoxswainError('task-failed', `the file ${path} does not exist`, { hint: 'set another path' })
  }
  const host = server.replace(/:\d+$/, '')
  // SNI does not allow addresses (RFC 6066, 3)
  const ask = /^[\d.]+$|^\[/.test(host) ? name : (name ?? host)
  const asked = ask === undefined ? [] : ['-servername', ask]
  // only the expiry is checked, not whether the certificate is trusted
  const { stdout, stderr } = await remote.query({
    stdin: '',
    timeout: 30,
  })`openssl s_client -connect ${server} ${asked} -showcerts`.result()
  if (certificatesIn(stdout).length > 0) return stdout
  throw new CoxswainError('task-failed', `${server} did not send a certificate`, {
    output: stderr.trim().split('\n').slice(-5).join('\n'),
    hint: 'check that the server uses TLS on this port, and that openssl is installed on the host',
  })
}

const firstToExpire = (certificates: readonly X509Certificate[]): X509Certificate | undefined =>
  certificates.toSorted((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo))[0]

/** Fails if a certificate expires soon. */
export const certificateExpiry = defineTask({
  name: 'certificate-expiry',
  description:
    'Fails if a certificate, in a file or of a TLS server, expires within the given number of days.',
  reads: 'the file, or openssl s_client',
  example: { server: 'api.example:443', days: 30 },
  params,
  title: ({ path, server, days }) => `${path ?? server} is valid for ${days} days`,

  async check(ctx, given) {
    const where = given.path ?? given.server ?? ''
    const certificates = certificatesIn(await textOf(ctx, given))
    const readable = certificates.filter((one) => one !== undefined)
    const first = firstToExpire(readable)
    if (first === undefined || readable.length !== certificates.length)
      throw new CoxswainError('task-failed', `no certificates can be read in ${where}`, {
        hint: 'the file must contain certificates in PEM: -----BEGIN CERTIFICATE-----',
      })
    const left = (Date.parse(first.validTo) - Date.now()) / 86_400_000
    const expiry: CertificateExpiry = {
      days: Math.floor(left),
      notAfter: new Date(first.validTo).toISOString(),
      subject: first.subject.split('\n').join(', '),
    }
    if (left >= given.days) return ok(expiry)
    const when = left < 0 ? 'has expired' : `expires in ${expiry.days} days`
    throw new CoxswainError('task-failed', `the certificate ${expiry.subject} of ${where} ${when}`, {
      hint: `renew it: it is valid until ${expiry.notAfter}`,
    })
  },
})
