/** Headers of responses. Pure, and linear in the length of the text. */

/** Headers by their names in lower-case letters; the values of one that comes several times are joined by commas (RFC 9110, 5.3). */
export const headersIn = (lines: readonly string[]): Readonly<Record<string, string>> => {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const cut = line.indexOf(':')
    const name = line.slice(0, Math.max(cut, 0)).trim().toLowerCase()
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue
    const values = found.get(name) ?? []
    values.push(line.slice(cut + 1).trim())
    found.set(name, values)
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.join(', ')]))
}

/** The end of a block of headers: where the text after the empty line begins; -1 if it does not end. */
const endOfBlock = (text: string, from: number): number => {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at + 1] === '\n') return at + 2
    if (text.startsWith('\r\n', at + 1)) return at + 3
  }
  return -1
}

/** The response of a proxy to CONNECT, or one that announces another (1xx): the headers of the next one count. */
const comesBefore = (first: string, rest: string): boolean =>
  /^HTTP\/[\d.]+ 1\d\d/.test(first) ||
  (/^HTTP\/[\d.]+ 200 connection established/i.test(first) && rest.startsWith('HTTP/'))

/** The headers before a body, as curl prints them, and the body. */
export const splitHeaders = (
  text: string,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } => {
  let at = 0
  while (text.startsWith('HTTP/', at)) {
    const end = endOfBlock(text, at)
    const block = text.slice(at, end < 0 ? undefined : end)
    const [first = '', ...lines] = block.split('\n')
    const body = end < 0 ? '' : text.slice(end)
    if (end < 0 || !comesBefore(first, body.slice(0, 5))) return { headers: headersIn(lines), body }
    at = end
  }
  return { headers: {}, body: text.slice(at) }
}
