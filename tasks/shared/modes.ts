/** Modes of files in octal digits or in the symbolic form of chmod, applied to what is there. Pure. */
import { CoxswainError, modeFor, z } from '../../engine/index.ts'

/** What a mode applies to. */
export interface Moded {
  /** `file`, `directory`, … as in `Stat.type`. */
  readonly type: string
  /** The octal digits of the current mode. */
  readonly there: string
}

const octal = /^(?:[0-7]{3,4}|0[0-7]{4})$/
const symbolic = /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*$/

/** Whether a mode is in the symbolic form. */
export const isSymbolic = (mode: string): boolean => !octal.test(mode)

/** A file mode as text: octal digits, or the symbolic form, such as `u=rwX,go-w`. Numbers are refused, as in `fileMode()`. */
export const anyMode = () => {
  const error = "octal digits as text are needed, such as '0644', or a symbolic mode such as u=rwX,go-w"
  return z
    .string({ error })
    .refine((mode) => octal.test(mode) || symbolic.test(mode), { error })
    .transform((mode) => (octal.test(mode) ? mode.padStart(4, '0') : mode))
    .meta({ title: 'file mode' })
}

/** The bits of one class of users: read, write, execute, set-ID or sticky. */
const shifts = { u: 6, g: 3, o: 0 } as const
type Class = keyof typeof shifts
const special = { u: 0o4000, g: 0o2000, o: 0o1000 } as const

/** What `+x` without a class leaves alone, as chmod does with the usual umask. */
const umask = 0o022

const isClass = (letter: string): letter is Class => letter in shifts

/** The bits that letters mean for some classes. */
const bitsOf = (letters: string, classes: readonly Class[], mode: number, isFolder: boolean): number => {
  let bits = 0
  for (const its of classes) {
    const shift = shifts[its]
    for (const letter of letters) {
      if (letter === 'r') bits |= 4 << shift
      if (letter === 'w') bits |= 2 << shift
      if (letter === 'x' || (letter === 'X' && (isFolder || (mode & 0o111) !== 0))) bits |= 1 << shift
      if (letter === 's' && its !== 'o') bits |= special[its]
      if (isClass(letter)) bits |= ((mode >> shifts[letter]) & 7) << shift
    }
  }
  return letters.includes('t') ? bits | special.o : bits
}

/** The bits of a class that = replaces; as with chmod, a folder keeps set-user-ID and set-group-ID. */
const replacedBits = (its: Class, isFolder: boolean): number =>
  (7 << shifts[its]) | (isFolder && its !== 'o' ? 0 : special[its])

const applied = (text: string, before: number, isFolder: boolean): number => {
  let mode = before
  for (const clause of text.split(',')) {
    const named = /^[ugoa]*/.exec(clause)?.[0] ?? ''
    const classes = (['u', 'g', 'o'] as const).filter(
      (one) => named === '' || /a/.test(named) || named.includes(one),
    )
    for (const [, sign, letters = ''] of clause.slice(named.length).matchAll(/([-+=])([^-+=]*)/g)) {
      const bits = bitsOf(letters, classes, mode, isFolder) & ~(named === '' ? umask : 0)
      const all = classes.reduce((sum, its) => sum | replacedBits(its, isFolder), 0)
      if (sign === '+') mode |= bits
      else if (sign === '-') mode &= ~bits
      else mode = (mode & ~all) | bits
    }
  }
  return mode
}

/**
 * The mode that something must have, given its current mode: four octal digits.
 *
 * @throws `task-failed` for a symbolic mode that, applied to its own result, would change it again, such as `g=u,u=`.
 */
export const modeOn = (mode: string, { type, there }: Moded): string => {
  if (!isSymbolic(mode)) return modeFor(mode, { type, there })
  const isFolder = type === 'directory'
  const next = applied(mode, Number.parseInt(there, 8), isFolder)
  if (applied(mode, next, isFolder) !== next)
    throw new CoxswainError('task-failed', `the mode ${mode} would change the mode again at each run`, {
      hint: 'write it so that no part depends on what another part changes, such as u=rw,g=r',
    })
  return next.toString(8).padStart(4, '0')
}
