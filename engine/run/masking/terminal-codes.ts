/**
 * What is taken out of text before a terminal shows it. Reporters take out what {@link terminalCodes} finds and nothing
 * else, and masking reads text without the same: so a secret that comes together when codes are gone was seen as one.
 */

const escape = '\u001b'

/** Commands that carry a text, such as a window title, up to their end or the end of the line (ECMA-48, 5.6). */
const beginsText = `(?:${escape}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007${escape}\u0090\u0098\u009b-\u009f\\n]*`
const withText = `${beginsText}(?:\u0007|${escape}\\\\|\u009c)?`

/** Commands as they are defined (ECMA-48, 5.4), without the two that a broken one looks like. */
const sequence = `(?:${escape}\\[|\u009b)[0-?]*[ -/]*[@-Z\\\\^-~]`

/** Commands that are broken, or of terminals that follow no standard. */
const broken = `[${escape}\u009b][[\\]()#;?]*(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PR-TZcf-ntqry=><~]`

/** Commands of two letters and more (ECMA-35). */
const short = `${escape}[ -/]*[0-~]`

/** Control characters but newline, tab and return, which are read by themselves; marks that turn the direction. */
const harmful = '[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]'

/** The source of a pattern for all that is taken out, longest first. It takes time in proportion to the text. */
export const terminalCodes = [withText, sequence, broken, short, harmful].join('|')

const introducer = new RegExp(`[${escape}\u0090\u0098\u009b\u009d-\u009f]`)
const unfinished = new RegExp(`(?:[${escape}\u009b][ -?[\\]]*|${beginsText}${escape}?)$`)

/** Where the end of a text may be the beginning of a code that goes on; its length when it is not. */
export const unfinishedCode = (text: string): number =>
  introducer.test(text) ? (unfinished.exec(text)?.index ?? text.length) : text.length
