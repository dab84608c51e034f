/**
 * A number with its noun, in the plural unless it is one.
 *
 * @example
 * counted(2, 'fault') // '2 faults'
 */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
