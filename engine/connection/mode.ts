/** Applies a mode to an existing file or folder. Pure. */

/**
 * The mode that a file or folder must have, given its current mode.
 *
 * @param mode four octal digits, or five that begin with 0.
 */
export const modeFor = (
  mode: string,
  {
    type,
    there,
  }: {
    /** What it is: `file`, `directory`, … as in `Stat.type`. */
    type: string
    /** The octal digits of its current mode. */
    there: string
  },
): string => {
  if (mode.length === 5) return mode.slice(1)
  if (type !== 'directory') return mode
  const kept = Number.parseInt(there, 8) & 0o6000
  return (Number.parseInt(mode, 8) | kept).toString(8).padStart(4, '0')
}
