import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const docs = resolve(import.meta.dirname, '../../docs')

/** The text of a page of `docs/`. */
export const pageText = (name: string): string => readFileSync(resolve(docs, name), 'utf8')

/** The code blocks of a page in one language, in their order. */
export const codeBlocks = (name: string, language: string): string[] =>
  [...pageText(name).matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, its, text]) =>
    its === language && text !== undefined ? [text] : [],
  )
