/** The letters after a backslash that Python reads as one character, in texts and in replacements of regular expressions. */
export const escapedLetters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
}
