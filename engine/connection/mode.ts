/** What a mode means for what has one already. Pure. */

/**
 * The mode that something must have, given what it has.
 *
 * @param mode four octal digits, or five, which begin with 0.
 * @param there the octal digits of the mode that it has.
 */
export const modeFor = (mode: string, { type, there }: { type: string; there: string }): string => {
  if (mode.length === 5) return mode.slice(1)
  if (type !== 'directory') return mode
  const kept = Number.parseInt(there, 8) & 0o6000
  return (Number.parseInt(mode, 8) | kept).toString(8).padStart(4, '0')
}
