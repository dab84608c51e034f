/** Values in what a host prints, which is not trusted: what does not have the form is left out. Pure and linear. */

/** Lines, without empty ones, as fields between tabs. */
export const rowsIn = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))

/** Lines `name=value`; the first of a name counts. */
export const pairsIn = (text: string): ReadonlyMap<string, string> => {
  const pairs = new Map<string, string>()
  for (const line of text.split('\n')) {
    const cut = line.indexOf('=')
    if (cut > 0 && !pairs.has(line.slice(0, cut))) pairs.set(line.slice(0, cut), line.slice(cut + 1))
  }
  return pairs
}

/** The words between blanks. */
export const wordsIn = (text: string): string[] => text.split(/[ \t]+/).filter((word) => word !== '')

/** A number without a sign, of at most 15 digits; undefined for other text. */
export const countIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** Text without blanks around it; undefined if nothing is left. */
export const textIn = (text: string | undefined): string | undefined => {
  const inner = text?.trim() ?? ''
  return inner === '' ? undefined : inner
}

/** Bytes in MiB, rounded down. */
export const mib = (bytes: number): number => Math.floor(bytes / 1024 ** 2)
