/** Certificates in PEM, as Node reads them. */
import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g

/** All certificates in a text; undefined in place of those that cannot be read. */
export const certificatesIn = (text: string): (X509Certificate | undefined)[] =>
  (text.match(block) ?? []).map((pem) => {
    try {
      return new X509Certificate(pem)
    } catch {
      return undefined
    }
  })

/** A certificate in the usual PEM form: lines of 64 characters, and a newline at the end. */
export const pemOf = (certificate: X509Certificate): string => `${certificate.toString().trimEnd()}\n`
