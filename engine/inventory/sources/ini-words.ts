/** Words of a host's line in an INI file, cut as Ansible cuts them: by Python's `shlex`, with comments. */

export interface Word {
  /** Without its quotes and backslashes. */
  readonly text: string
  /** Where it begins in the line; from 0. */
  readonly offset: number
}

/** What is wrong in a line, and where. */
export interface WordError {
  readonly message: string
  readonly offset: number
  readonly hint: string
}

/**
 * The words of a line up to a comment.
 *
 * @param options without `comments`, a `#` is a letter like others.
 * @returns the first thing wrong instead, if there is one.
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
        return { message: 'nothing after the backslash', offset: at, hint: 'write two for one' }
      add(next, at)
      at += 1
    } else if (letter === '#' && comments) {
      if (word === undefined) break
      // Ansible cuts the word here and says nothing: of a password that holds a # only a part would be left
      return {
        message: 'a comment begins in the middle of a word',
        offset: at,
        hint: 'put quotes around the value if the # belongs to it, or a blank before it if it does not',
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
      message: 'a quote that is not closed',
      offset: quote.offset,
      hint: `write ${quote.mark} at its end`,
    }
  }
  return word === undefined ? words : [...words, word]
}
