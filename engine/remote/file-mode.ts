/** Modes of files as text. Pure. */
import { CoxswainError } from '../errors.ts'

/**
 * Returns a mode as four octal digits, or five, of which the first is 0.
 *
 * As with GNU chmod(1), three or four digits keep set-user-id and set-group-id of a folder unless they set them; five
 * digits replace them.
 *
 * @throws `params-invalid` for anything else.
 */
export const checkedMode = (mode: string): string => {
  if (!/^(?:[0-7]{3,4}|0[0-7]{4})$/.test(mode)) {
    throw new CoxswainError('params-invalid', `not a file mode: ${JSON.stringify(mode)}`, {
      hint: "give the octal digits as text, such as '0644'",
    })
  }
  return mode.padStart(4, '0')
}

/** The mode in five digits, which every chmod sets exactly (GNU chmod keeps some bits with fewer digits). */
export const exactMode = (mode: string): string => mode.padStart(5, '0')
