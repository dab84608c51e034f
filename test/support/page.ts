import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const docs = resolve(import.meta.dirname, '../../docs')

/** Returns the text of a page in `docs/`. */
export const pageText = (name: string): string => readFileSync(resolve(docs, name), 'utf8')

/** Returns the code blocks of a page in one language, in order. */
export const codeBlocks = (name: string, language: string): string[] =>
  [...pageText(name).matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, its, text]) =>
    its === language && text !== undefined ? [text] : [],
  )
