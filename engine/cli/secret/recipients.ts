/** For whom secrets are encrypted. */
import { readFile } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import type { CommandContext } from '../define-command.ts'
import { recipientOptions } from '../options/recipients.ts'

/** What the command line and the settings say of recipients. */
export interface RecipientOptions {
  readonly recipient: readonly string[]
  readonly recipientsFile: readonly string[]
}

const isKey = (word: string): boolean => /^age1[a-z0-9]+$/.test(word)

/** The recipients in a file: one on each line, `#` before comments. */
const inFile = async (file: string): Promise<string[]> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the recipients in ${shownWord(file)}`, {
      cause,
      hint: 'a recipient begins with age1; anything else is the path of a file with recipients',
    })
  })
  const words = text
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
  const wrong = words.findIndex((word) => !isKey(word))
  // a file of identities that is named by mistake must not be shown
  if (wrong >= 0)
    throw new CoxswainError('usage', `${file}: entry ${wrong + 1} is not a recipient of age`, {
      hint: 'a recipient begins with age1; `age-keygen -y FILE` prints that of an identity',
    })
  return words
}

/**
 * The recipients to encrypt for. Those of the command line replace those of the settings.
 *
 * @throws `usage` where there are none, `load-failed` for a file that cannot be read.
 */
export const recipientsOf = async (
  { recipient, recipientsFile }: RecipientOptions,
  { given }: Pick<CommandContext, 'given'>,
): Promise<readonly string[]> => {
  const isTyped = given(recipientOptions.recipient).length > 0
  const words = recipientsFile.length > 0 && !isTyped ? [] : recipient
  const found: string[] = []
  for (const word of words) found.push(...(isKey(word) ? [word] : await inFile(word)))
  for (const file of recipientsFile) found.push(...(await inFile(file)))
  if (found.length > 0) return [...new Set(found)]
  throw new CoxswainError('usage', 'no recipient is given', {
    hint: 'name who can decrypt it: --recipient age1…, --recipients-file FILE, or recipients in coxswain.config.ts',
  })
}
