/**
 * Extracts the text that people read: comments, strings and names of TypeScript, paragraphs of Markdown, lines of shell programs
 * and YAML.
 *
 * Left out: in comments, titles and paragraphs, text between backticks or double quotes, which is a quotation; text of tagged
 * templates, which is a command; regular expressions; in tests, strings other than titles, which are data; in Markdown,
 * blocks of code and the targets of links.
 */
export interface Words {
  readonly line: number
  readonly text: string
}

const quoted = /`[^`]*`|"[^"]*"|“[^”]*”/g
/** Replaces quotations with dots. */
export const withoutQuotes = (text: string): string =>
  text.replaceAll(quoted, (all) => all.replaceAll(/[^\n]/g, '·'))

/** Splits `toldBefore` and `TOLD_BEFORE` into words. */
const nameText = (name: string): string => name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' ')

const token =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<name>[A-Za-z_$][\w$]*)|(?<regex>\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)|(?<tick>`)|(?<other>[\s\S])/y

/** What can come before a regular expression; after anything else, a slash is a division. */
const opensRegex = /(?:^|[(,=:[!&|?{};>+]|\breturn)\s*$/

const isTitle = /\b(?:test|suite|it)\(\s*$/

interface Scan {
  readonly source: string
  readonly isTest: boolean
  readonly found: { readonly at: number; readonly text: string }[]
}

/** Reads a template; `start` is after its first backtick. Returns the position after its last one. */
const template = (scan: Scan, start: number, isCommand: boolean): number => {
  let from = start
  let at = start
  const keep = (end: number): void => {
    if (!isCommand) scan.found.push({ at: from, text: scan.source.slice(from, end) })
  }
  while (at < scan.source.length && scan.source[at] !== '`') {
    if (scan.source.startsWith('${', at)) {
      keep(at)
      at = code(scan, at + 2, true)
      from = at
    } else at += scan.source[at] === '\\' ? 2 : 1
  }
  keep(at)
  return at + 1
}

/** Reads code; within a template up to the brace that closes the expression. Returns the position where it ends. */
const code = (scan: Scan, start: number, inTemplate: boolean): number => {
  const { source, found } = scan
  let depth = 0
  let at = start
  while (at < source.length) {
    token.lastIndex = at
    const groups = token.exec(source)?.groups ?? {}
    const before = source.slice(Math.max(0, at - 40), at)
    if (groups['regex'] !== undefined && !opensRegex.test(before)) {
      at += 1
      continue
    }
    if (groups['tick'] !== undefined) {
      const isData = scan.isTest && !isTitle.test(before)
      at = template(scan, at + 1, isData || /[\w)\]]$/.test(before))
      continue
    }
    if (groups['comment'] !== undefined) found.push({ at, text: withoutQuotes(groups['comment']) })
    if (groups['name'] !== undefined) found.push({ at, text: nameText(groups['name']) })
    if (groups['string'] !== undefined && (!scan.isTest || isTitle.test(before))) {
      found.push({ at, text: withoutQuotes(groups['string'].slice(1, -1)) })
    }
    if (inTemplate && groups['other'] === '{') depth += 1
    if (inTemplate && groups['other'] === '}') {
      if (depth === 0) return at + 1
      depth -= 1
    }
    at = Math.max(at + 1, token.lastIndex)
  }
  return at
}

/** Returns a function from positions, in ascending order, to line numbers. */
const lineCounter = (source: string): ((at: number) => number) => {
  let line = 1
  let counted = 0
  return (at) => {
    for (
      let next = source.indexOf('\n', counted);
      next !== -1 && next < at;
      next = source.indexOf('\n', counted)
    ) {
      line += 1
      counted = next + 1
    }
    return line
  }
}

/** Returns comments, strings and names of a TypeScript file; of a test, only titles among the strings. */
export const wordsOfCode = (source: string, { isTest }: { readonly isTest: boolean }): Words[] => {
  const scan: Scan = { source, isTest, found: [] }
  code(scan, 0, false)
  const lineAt = lineCounter(source)
  return scan.found.flatMap(({ at, text }) =>
    // a comment can wrap in the middle of a sentence
    [{ line: lineAt(at), text: text.replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ') }],
  )
}

/** Returns the paragraphs of a Markdown file, without code. */
export const wordsOfMarkdown = (source: string): Words[] => {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, '·')
  const prose = source.replaceAll(/^```[\s\S]*?^```/gm, blank).replaceAll(/\]\([^)]*\)/g, blank)
  const found: Words[] = []
  let line = 1
  for (const paragraph of withoutQuotes(prose).split(/(\n\s*\n)/)) {
    found.push({ line, text: paragraph.replaceAll('\n', ' ') })
    line += paragraph.split('\n').length - 1
  }
  return found
}

/**
 * Returns the lines of a shell program, of YAML or of another file whose comments begin with #. A comment of several lines is one
 * text. Quotations are left out in comments only: elsewhere, messages are in quotes. Of a test, only comments are read.
 */
export const wordsOfLines = (source: string, { isTest }: { readonly isTest: boolean }): Words[] => {
  const found: (Words & { readonly isComment: boolean })[] = []
  for (const [index, line] of source.split('\n').entries()) {
    const comment = /^\s*#(?!!)\s?(.*)$/.exec(line)?.[1]
    const last = found.at(-1)
    if (comment !== undefined && last?.isComment === true)
      found.splice(-1, 1, { ...last, text: `${last.text} ${comment}` })
    else found.push({ line: index + 1, text: comment ?? line, isComment: comment !== undefined })
  }
  return found
    .filter(({ isComment }) => isComment || !isTest)
    .map(({ line, text, isComment }) => ({ line, text: isComment ? withoutQuotes(text) : nameText(text) }))
}
