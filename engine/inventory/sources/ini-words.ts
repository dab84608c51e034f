/** Splits a host line of an INI file into words as Ansible does, with Python's `shlex` and comments. */

export interface Word {
  /** Without its quotes and backslashes. */
  readonly text: string
  /** Its start in the line, from 0. */
  readonly offset: number
}

/** An error in a line, with its place. */
export interface WordError {
  readonly message: string
  readonly offset: number
  readonly hint: string
}

/**
 * Splits a line into words, up to a comment.
 *
 * @param options without `comments`, `#` is an ordinary character.
 * @returns the first error, if there is one.
 * @example
 * cutWords("web1 motd='two words' # the first")  // [{ text: 'web1', offset: 0 }, { text: 'motd=two words', offset: 5 }]
 */
export const cutWords = (line: string, { comments = true } = {}): readonly Word[] | WordError => {
  const words: Word[] = []
  let word: { text: string; offset: number } | undefined
  let quote: { mark: string; offset: number } | undefined
  const add = (text: string, offset: number): void => {
    word = { text: `${word?.text ?? ''}${text}`, offset: word?.offset ?? offset }
  }
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? ''
    const next = line[at + 1]
    if (quote !== undefined) {
      if (letter === quote.mark) {
        quote = undefined
      } else if (letter === '\\' && quote.mark === '"' && (next === '"' || next === '\\')) {
        add(next, at)
        at += 1
      } else {
        add(letter, at)
      }
    } else if (letter === '"' || letter === "'") {
      quote = { mark: letter, offset: at }
      add('', at)
    } else if (letter === '\\') {
      if (next === undefined)
        return { message: 'nothing after the backslash', offset: at, hint: 'write \\\\ for a backslash' }
      add(next, at)
      at += 1
    } else if (letter === '#' && comments) {
      if (word === undefined) break
      // Ansible cuts the word here without a warning: a password with # would be incomplete
      return {
        message: 'a comment starts in the middle of a word',
        offset: at,
        hint: 'quote the value if # belongs to it, otherwise put a blank before #',
      }
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      add(letter, at)
    }
  }
  if (quote !== undefined) {
    return {
      message: 'a quote is not closed',
      offset: quote.offset,
      hint: `write ${quote.mark} at the end of the value`,
    }
  }
  return word === undefined ? words : [...words, word]
}
