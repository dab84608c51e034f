/** Which lines of a secret are masked on their own. Pure. */

import { looksSecret } from '../../secret.ts'

/** A line of at least this length is masked in any case. */
const longLine = 16
/** Minimum letters and digits of a shorter line to mask. */
const fewestTelling = 6

/** A single word with punctuation: `---` and `password:` of YAML are common in texts without secrets. */
const oneWord = /^[^\p{L}\p{N}]*\p{L}[\p{L}\p{M}]*[^\p{L}\p{N}]*$/u
/** A YAML key without a value, or with a value in the next lines. */
const onlyName = /^(?:- )*["']?\p{L}[\p{L}\p{M}_.-]*["']?:(?: *(?:true|false|null|~|[|>][+-]?|\{\}|\[\]))?$/iu

/** A YAML key whose value is one word, or a few characters: `kind: Config`, `apiVersion: v1`, `port: 22`. */
const ordinaryValue =
  /^(?:- )*["']?\p{L}[\p{L}\p{M}_.-]*["']?: *["']?(?:\p{L}[\p{L}\p{M}]*|[\p{L}\p{N}]{1,3})["']?$/u

/** Whether a line is unlikely in ordinary text. */
const isTellingLine = (line: string): boolean =>
  line.length >= longLine ||
  ((line.match(/[\p{L}\p{N}]/gu) ?? []).length >= fewestTelling &&
    !oneWord.test(line) &&
    !onlyName.test(line) &&
    (looksSecret(line) || !ordinaryValue.test(line)))

/** The lines of a multi-line secret that are masked on their own. */
export const tellingLines = (secret: string): string[] =>
  secret.includes('\n')
    ? secret
        .split('\n')
        .map((line) => line.trim())
        .filter(isTellingLine)
    : []
