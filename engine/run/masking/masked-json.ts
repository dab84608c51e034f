import type { Redactor } from './redactor.ts'

/** An object with masked keys. A key that looks like an earlier one then has a number: no entry is lost. */
const withMaskedKeys = (part: object, redactor: Redactor): object => {
  const entries = new Map<string, unknown>()
  for (const [key, value] of Object.entries(part)) {
    const masked = redactor.text(key)
    let name = masked
    for (let n = 2; entries.has(name); n += 1) name = `${masked} (${n})`
    entries.set(name, value)
  }
  return Object.fromEntries(entries)
}

/**
 * A value as JSON, with its texts and keys masked. They are masked before they are quoted: a secret within nested JSON would not be
 * recognized.
 */
export const maskedJson = (value: unknown, redactor: Redactor): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return redactor.text(part)
    return typeof part === 'object' && part !== null && !Array.isArray(part)
      ? withMaskedKeys(part, redactor)
      : part
  })
