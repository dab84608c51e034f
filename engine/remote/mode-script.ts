/** Modes as text, and how a host sets them. Pure. */
import { CoxswainError } from '../errors.ts'

/**
 * The mode: four octal digits, or five, which begin with 0.
 *
 * As with GNU chmod(1), three or four digits leave set-user-id and set-group-id of a folder as they are unless they set
 * them; five digits mean exactly what they say.
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

/** Digits that every chmod takes exactly: GNU's does so from five digits on. */
export const exactMode = (mode: string): string => mode.padStart(5, '0')

/** Shell text that sets `$m` to the mode that the current folder gets. */
export const folderMode = (mode: string): string =>
  mode.length === 5
    ? `m=${mode}`
    : `s=$(stat -c %a .); case $s in ????) s=\${s%???} ;; *) s=0 ;; esac; m=0$(( (s & 6) | ${mode.slice(0, 1)} ))${mode.slice(1)}`
