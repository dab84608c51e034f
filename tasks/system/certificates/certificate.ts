/** Certificates in PEM, as Node reads them. */
import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g

/** All certificates of a text; undefined in the place of one that cannot be read. */
export const certificatesIn = (text: string): (X509Certificate | undefined)[] =>
  (text.match(block) ?? []).map((pem) => {
    try {
      return new X509Certificate(pem)
    } catch {
      return undefined
    }
  })

/** A certificate written as everybody writes it: lines of 64 letters and a newline at the end. */
export const pemOf = (certificate: X509Certificate): string => `${certificate.toString().trimEnd()}\n`
