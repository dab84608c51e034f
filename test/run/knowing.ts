/** Masking for tests: with known secrets, on text in pieces. */
import { MaskedLines } from '../../engine/run/masking/masked-lines.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { Secret } from '../../engine/secret.ts'

/** A redactor that knows these secrets. */
export const knowing = (...secrets: string[]): Redactor => {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.learn(new Secret(secret))
  return redactor
}

/** The lines that are shown for these pieces of text. */
export const shownOf = (redactor: Redactor, pieces: readonly string[]): string[] => {
  const lines: string[] = []
  const masked = new MaskedLines(redactor, (line) => lines.push(line))
  for (const piece of pieces) masked.push(piece)
  masked.end()
  return lines
}
