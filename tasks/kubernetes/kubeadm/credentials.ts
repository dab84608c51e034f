/** Certificates that are expired, not valid yet, or of another authority, in words with dates. Pure. */
import { X509Certificate } from 'node:crypto'

/** A certificate of a control-plane node, as text in PEM. */
export interface Credential {
  /** The file that has it. */
  readonly path: string
  readonly text: string
  /** The certificate of the authority that must have signed it. */
  readonly authority?: { readonly path: string; readonly text: string } | undefined
}

const read = (text: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

/** The name of the node in the client certificate of a kubelet (`system:node:NAME`); undefined for another one. */
export const nodeNamedIn = (text: string): string | undefined =>
  /^CN=system:node:([a-z0-9.-]+)$/m.exec(read(text)?.subject ?? '')?.[1]

const shown = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

const days = (milliseconds: number): string => {
  const count = Math.floor(milliseconds / 86_400_000)
  return count === 1 ? '1 day' : `${count} days`
}

/** The reason why a certificate is not accepted. */
export interface Fault {
  readonly kind: 'expired' | 'not valid yet' | 'another authority'
  readonly message: string
}

/**
 * Why a certificate is not accepted; undefined for one that is, and for a text that is not a certificate.
 *
 * @param now the clock of the host.
 */
export const credentialFault = ({ path, text, authority }: Credential, now: Date): Fault | undefined => {
  const certificate = read(text)
  if (certificate === undefined) return undefined
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  if (now > to)
    return {
      kind: 'expired',
      message: `the certificate in ${path} expired at ${shown(to)}, ${days(now.getTime() - to.getTime())} before the host's ${shown(now)}`,
    }
  if (now < from)
    return {
      kind: 'not valid yet',
      message: `the certificate in ${path} is valid from ${shown(from)} on, and the clock of the host says ${shown(now)}`,
    }
  const signer = authority && read(authority.text)
  if (authority === undefined || signer === undefined || certificate.verify(signer.publicKey))
    return undefined
  return {
    kind: 'another authority',
    message: `the certificate in ${path} is signed by another authority than ${authority.path} (${signer.subject.replaceAll('\n', ', ')}, valid from ${shown(new Date(signer.validFrom))})`,
  }
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
