/**
 * Takes a file apart into what people read: comments, strings and names of TypeScript, paragraphs of Markdown.
 *
 * Left out, because it is quoted: in comments, titles and paragraphs what is between backticks or double quotes; text of tagged
 * templates, which is a command; regular expressions; in tests every string but the titles, which is data; in Markdown
 * blocks of code and the targets of links.
 */
export interface Words {
  readonly line: number
  readonly text: string
}

const quoted = /`[^`]*`|"[^"]*"|“[^”]*”/g
const withoutQuotes = (text: string): string =>
  text.replaceAll(quoted, (all) => all.replaceAll(/[^\n]/g, '·'))

/** `toldBefore` and `TOLD_BEFORE` as words with blanks between them. */
const nameText = (name: string): string => name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' ')

const token =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<name>[A-Za-z_$][\w$]*)|(?<regex>\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)|(?<tick>`)|(?<other>[\s\S])/y

/** What can stand before a regular expression; anything else before a slash divides. */
const opensRegex = /(?:^|[(,=:[!&|?{};>+]|\breturn)\s*$/

const isTitle = /\b(?:test|suite|it)\(\s*$/

interface Scan {
  readonly source: string
  readonly isTest: boolean
  readonly found: { readonly at: number; readonly text: string }[]
}

/** Reads a template from after its first backtick to after its last one; gives where that is. */
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

/** Reads code; within a template up to the brace that closes the expression. Gives where it ends. */
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

const lineAt = (source: string, at: number): number => source.slice(0, at).split('\n').length

/** The comments, strings and names of a TypeScript file; of a test, the titles are its only strings. */
export const wordsOfCode = (source: string, { isTest }: { readonly isTest: boolean }): Words[] => {
  const scan: Scan = { source, isTest, found: [] }
  code(scan, 0, false)
  return scan.found.flatMap(({ at, text }) =>
    // a comment that wraps is one sentence
    [{ line: lineAt(source, at), text: text.replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ') }],
  )
}

/** The paragraphs of a Markdown file, without code. */
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
