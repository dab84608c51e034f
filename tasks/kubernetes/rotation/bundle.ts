/** Certificates of authorities in one file, and how far a replacement is in it. Pure. */
import { X509Certificate } from 'node:crypto'

/**
 * How far a file is in the replacement of an authority. kubeadm and the kubelet's own tools take the first certificate for the one that signs:
 * `both`: the former one is first. `new first`: the new one is. A file is never taken back.
 */
export const stages = ['former', 'both', 'new first', 'new'] as const
/** How far a file is in the replacement of an authority. */
export type Stage = (typeof stages)[number]

/** Whether a file is as far as a stage, or further. */
export const isAt = (stage: Stage | undefined, least: Stage): boolean =>
  stage !== undefined && stages.indexOf(stage) >= stages.indexOf(least)

/** The certificates of a text in PEM, in their order; what cannot be read is left out. */
export const certificatesIn = (text: string): X509Certificate[] =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].flatMap(([pem]) => {
    try {
      return [new X509Certificate(pem)]
    } catch {
      return []
    }
  })

/** An authority and the one that replaces it. */
export interface Pair {
  readonly former: X509Certificate
  readonly next: X509Certificate
}

const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  one.fingerprint256 === other.fingerprint256

/** How far a text is; undefined for one with other certificates than these. */
export const stageOf = (text: string, { former, next }: Pair): Stage | undefined => {
  const [first, second, ...others] = certificatesIn(text)
  if (first === undefined || others.length > 0) return undefined
  if (second === undefined) return isSame(first, next) ? 'new' : isSame(first, former) ? 'former' : undefined
  if (isSame(first, former) && isSame(second, next)) return 'both'
  return isSame(first, next) && isSame(second, former) ? 'new first' : undefined
}

/** The text of a file at a stage. */
export const textAt = (stage: Stage, { former, next }: Pair): string => {
  const order = { former: [former], both: [former, next], 'new first': [next, former], new: [next] }
  return order[stage].map(String).join('')
}

/** The first digits of a certificate's SHA-256, as names of folders have them. */
export const shortFingerprint = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()

/** Whether a certificate in PEM is signed by an authority. */
export const isSignedBy = (text: string, authority: X509Certificate): boolean =>
  certificatesIn(text)[0]?.verify(authority.publicKey) ?? false
