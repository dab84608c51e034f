/** Certificates in what a control-plane node prints, which is not trusted: other texts are left out. Pure. */
import { X509Certificate } from 'node:crypto'
import type { CertificateState } from './types.ts'

const day = 86_400_000

/** Reads a certificate in DER or PEM; undefined for anything else. */
const parsed = (bytes: Buffer): X509Certificate | undefined => {
  try {
    return new X509Certificate(bytes)
  } catch {
    return undefined
  }
}

/**
 * The state of a certificate.
 *
 * @param encoded the certificate in base64.
 * @param clock the clock of the host, in seconds since 1970.
 */
const certificateState = (path: string, encoded: string, clock: number): CertificateState | undefined => {
  const found = parsed(Buffer.from(encoded, 'base64'))
  if (found === undefined) return undefined
  const [from, to] = [new Date(found.validFrom), new Date(found.validTo)]
  // a date that is not one
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return undefined
  return {
    path,
    authority: found.ca,
    fingerprint: found.fingerprint256,
    from: from.toISOString(),
    to: to.toISOString(),
    daysLeft: Math.floor((to.getTime() - clock * 1000) / day),
  }
}

const certificatesOf = (
  rows: readonly (readonly string[])[],
  kind: string,
  clock: number,
): CertificateState[] =>
  rows.flatMap(([first, path = '', text = '']) =>
    first === kind ? (certificateState(path, text, clock) ?? []) : [],
  )

/**
 * The certificates in the rows that print-certificates.sh prints; rows that are none are left out.
 *
 * @param clock the clock of the host, in seconds since 1970.
 */
export const certificatesIn = (rows: readonly (readonly string[])[], clock: number): CertificateState[] => [
  ...certificatesOf(rows, 'certificate', clock),
  ...certificatesOf(rows, 'kubeconfig', clock),
]
