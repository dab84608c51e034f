/** Certificates that are expired, not valid yet, or of another authority, in words with dates. Pure. */
import type { X509Certificate } from 'node:crypto'
import { certificatesIn } from '../rotation/bundle.ts'

/** A certificate of a control-plane node, as text in PEM. */
export interface Credential {
  /** The file that has it. */
  readonly path: string
  readonly text: string
  /** Whether it is of authorities: after a rotation, there are several in one file, and one that is valid is enough. */
  readonly isAuthority?: boolean
  /** The certificates of the authorities one of which must have signed it. */
  readonly authority?: { readonly path: string; readonly text: string } | undefined
}

/** The name of the node in the client certificate of a kubelet (`system:node:NAME`); undefined for another one. */
export const nodeNamedIn = (text: string): string | undefined =>
  /^CN=system:node:([a-z0-9.-]+)$/m.exec(certificatesIn(text)[0]?.subject ?? '')?.[1]

const shown = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

const days = (milliseconds: number): string => {
  const count = Math.floor(milliseconds / 86_400_000)
  return count === 1 ? '1 day' : `${count} days`
}

/** The reason why a certificate is not accepted. */
export interface Fault {
  readonly kind: 'expired' | 'not valid yet' | 'another authority'
  /** The file that has the certificate. */
  readonly path: string
  readonly message: string
}

/** An authority in a message. */
const named = ({ subject, validFrom }: X509Certificate): string =>
  `${subject.replaceAll('\n', ', ')}, valid from ${shown(new Date(validFrom))}`

/** Why one certificate of a text is not accepted. */
const faultOf = (
  certificate: X509Certificate,
  { path, authority }: Credential,
  now: Date,
): Fault | undefined => {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  if (now > to)
    return {
      kind: 'expired',
      path,
      message: `the certificate in ${path} expired at ${shown(to)}, ${days(now.getTime() - to.getTime())} before the host's ${shown(now)}`,
    }
  if (now < from)
    return {
      kind: 'not valid yet',
      path,
      message: `the certificate in ${path} is valid from ${shown(from)} on, and the clock of the host says ${shown(now)}`,
    }
  const signers = certificatesIn(authority?.text ?? '')
  if (authority === undefined || signers.length === 0) return undefined
  if (signers.some(({ publicKey }) => certificate.verify(publicKey))) return undefined
  return {
    kind: 'another authority',
    path,
    message: `the certificate in ${path} is signed by another authority than ${authority.path} (${signers.map(named).join('; ')})`,
  }
}

/**
 * Why a certificate is not accepted; undefined for one that is, and for a text that is not a certificate.
 *
 * @param now the clock of the host.
 */
export const credentialFault = (credential: Credential, now: Date): Fault | undefined => {
  const found = certificatesIn(credential.text)
  // after the certificate of a server or a client, those can follow that lead to its authority
  const faults = (credential.isAuthority === true ? found : found.slice(0, 1)).map((one) =>
    faultOf(one, credential, now),
  )
  return faults.includes(undefined) ? undefined : faults[0]
}

const decoded = (text: string, field: string): string | undefined => {
  const [, value] = new RegExp(`^\\s*${field}: (\\S+)$`, 'm').exec(text) ?? []
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
}

/** The certificate of the user in a kubeconfig, and that of the authority which it trusts. */
export const certificatesInKubeconfig = (
  text: string,
): { readonly client: string | undefined; readonly authority: string | undefined } => ({
  client: decoded(text, 'client-certificate-data'),
  authority: decoded(text, 'certificate-authority-data'),
})
