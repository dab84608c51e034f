/** Which lines of a secret are hidden where they stand without the others. Pure. */

import { looksSecret } from '../../secret.ts'

/** A line of so many characters is hidden, whatever they are. */
const longLine = 16
/** A shorter one needs so many letters and digits. */
const fewestTelling = 6

/** A single word, with signs around it: `---` and `password:` of YAML are in many texts that hold no secret. */
const oneWord = /^[^\p{L}\p{N}]*\p{L}[\p{L}\p{M}]*[^\p{L}\p{N}]*$/u
/** A name of YAML whose value is none, or comes in the next lines. */
const onlyName = /^(?:- )*["']?\p{L}[\p{L}\p{M}_.-]*["']?:(?: *(?:true|false|null|~|[|>][+-]?|\{\}|\[\]))?$/iu

/** A name of YAML whose value is one word, or a few signs: `kind: Config`, `apiVersion: v1`, `port: 22`. */
const ordinaryValue =
  /^(?:- )*["']?\p{L}[\p{L}\p{M}_.-]*["']?: *["']?(?:\p{L}[\p{L}\p{M}]*|[\p{L}\p{N}]{1,3})["']?$/u

/** Whether a line says something that ordinary text does not. */
const isTellingLine = (line: string): boolean =>
  line.length >= longLine ||
  ((line.match(/[\p{L}\p{N}]/gu) ?? []).length >= fewestTelling &&
    !oneWord.test(line) &&
    !onlyName.test(line) &&
    (looksSecret(line) || !ordinaryValue.test(line)))

/** The lines of a secret of several lines that are hidden each by itself. */
export const tellingLines = (secret: string): string[] =>
  secret.includes('\n')
    ? secret
        .split('\n')
        .map((line) => line.trim())
        .filter(isTellingLine)
    : []
