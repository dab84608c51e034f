/** Texts as lines. Pure. */

/** A text's lines; a final newline ends the last line, it does not begin another. */
export const linesOf = (text: string | undefined): string[] => {
  const lines = (text ?? '').split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** Lines as a text, each ended by a newline. */
export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
