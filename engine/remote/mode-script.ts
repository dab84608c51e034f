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

/**
 * The mode that something must have, given what it has.
 *
 * @param mode as {@link checkedMode} gives it.
 * @param there the octal digits of the mode that it has.
 */
export const modeFor = (mode: string, { type, there }: { type: string; there: string }): string => {
  if (mode.length === 5) return mode.slice(1)
  if (type !== 'directory') return mode
  const kept = Number.parseInt(there, 8) & 0o6000
  return (Number.parseInt(mode, 8) | kept).toString(8).padStart(4, '0')
}

/** Digits that every chmod takes exactly: GNU's does so from five digits on. */
export const exactMode = (mode: string): string => mode.padStart(5, '0')

/** Shell text that sets `$m` to the mode that the current folder gets. */
export const folderMode = (mode: string): string =>
  mode.length === 5
    ? `m=${mode}`
    : `s=$(stat -c %a .); case $s in ????) s=\${s%???} ;; *) s=0 ;; esac; m=0$(( (s & 6) | ${mode.slice(0, 1)} ))${mode.slice(1)}`
