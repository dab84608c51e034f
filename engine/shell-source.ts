/** The text of a shell file as it is sent to a host. Pure. */

/** Scans one line. `open` has the end of each open quote and substitution, the innermost last. */
const scanLine = (line: string, open: string[]): void => {
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? ''
    const inner = open.at(-1)
    if (inner === "'") {
      if (char === "'") open.pop()
    } else if (char === '\\') at += 1
    else if (char === '"') {
      if (inner === '"') open.pop()
      else open.push('"')
    } else if (char === '(' && (inner !== '"' || line[at - 1] === '$')) open.push(')')
    else if (inner === '"') continue
    else if (char === "'") open.push("'")
    else if (char === ')' && inner === ')') open.pop()
    else if (char === '#' && /^$|[\s;&|(]/.test(line[at - 1] ?? '')) return
  }
}

const continues = (line: string): boolean => /(?:^|[^\\])(?:\\\\)*\\$/.test(line)

/**
 * Returns a shell program without comments, blank lines and indentation. Lines in quotes stay as they are; a program with a
 * here-document, or with quotes that cannot be parsed, stays unchanged.
 */
export const stripShell = (text: string): string => {
  if (text.includes('<<')) return text
  const open: string[] = []
  const kept: string[] = []
  let verbatim = false
  for (const line of text.split('\n')) {
    if (verbatim) kept.push(line)
    else if (!/^\s*(?:#|$)/.test(line)) kept.push(line.trimStart())
    scanLine(line, open)
    verbatim = open.some((end) => end !== ')') || continues(line)
  }
  return open.some((end) => end !== ')') ? text : kept.join('\n')
}

const includeLine = /^[ \t]*\. (\.\.?\/[\w./-]+\.sh)$/gm

/**
 * Returns a shell file with the files that it includes in their places. A line `. ./NAME.sh`, and nothing else in it, includes
 * a file by its path from the folder of the file that names it. A file that was included before is left out.
 *
 * @param file the URL of the file.
 * @param read reads a file by its URL.
 */
export const includeFiles = (
  file: string,
  read: (file: string) => string,
  seen: Set<string> = new Set([file]),
): string =>
  read(file).replaceAll(includeLine, (_, path: string) => {
    const included = new URL(path, file).href
    if (seen.has(included)) return ''
    seen.add(included)
    return includeFiles(included, read, seen)
  })
