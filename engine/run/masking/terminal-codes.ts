/**
 * The codes that are removed from text before a terminal shows it. Reporters remove exactly what {@link
 * terminalCodes} matches, and masking searches text without them, so that it finds a secret with codes in it.
 */

const escape = '\u001b'

/** Control strings, such as a window title, up to their end or the end of the line (ECMA-48, 5.6). */
const beginsText = `(?:${escape}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007${escape}\u0090\u0098\u009b-\u009f\\n]*`
const withText = `${beginsText}(?:\u0007|${escape}\\\\|\u009c)?`

/** Control sequences (ECMA-48, 5.4), without the two that a broken one looks like. */
const sequence = `(?:${escape}\\[|\u009b)[0-?]*[ -/]*[@-Z\\\\^-~]`

/** Broken or non-standard control sequences. */
const broken = `[${escape}\u009b][[\\]()#;?]*(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PR-TZcf-ntqry=><~]`

/** Escape sequences of two or more characters (ECMA-35). */
const short = `${escape}[ -/]*[0-~]`

/**
 * Control characters except newline, tab and carriage return, which are handled elsewhere; marks that change the text
 * direction.
 */
const harmful = '[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]'

/** The source of a pattern for all codes, longest first. Matching takes linear time. */
export const terminalCodes = [withText, sequence, broken, short, harmful].join('|')

const introducer = new RegExp(`[${escape}\u0090\u0098\u009b\u009d-\u009f]`)
const unfinished = new RegExp(`(?:[${escape}\u009b][ -?[\\]]*|${beginsText}${escape}?)$`)

/** The offset of an incomplete code at the end of a text; the length of the text if there is none. */
export const unfinishedCode = (text: string): number =>
  introducer.test(text) ? (unfinished.exec(text)?.index ?? text.length) : text.length

const alone = new RegExp(`^(?:[${escape}\u009b][ -?[\\]]*|${beginsText})$`)

/**
 * Where the incomplete codes begin that end exactly at an offset; the offset itself if there are none. Text that is put
 * there could be taken for their end.
 *
 * @param from no code begins before this offset.
 */
export const unfinishedCodesBefore = (text: string, from: number, offset: number): number => {
  let start = offset
  // no code contains a line break
  for (let at = offset - 1; at >= from && text[at] !== '\n'; at -= 1) {
    if (!introducer.test(text[at] ?? '')) continue
    if (!alone.test(text.slice(at, start))) break
    start = at
  }
  return start
}

/** Whether a text can contain codes of more than one character. */
export const hasCodes = (text: string): boolean => introducer.test(text)
