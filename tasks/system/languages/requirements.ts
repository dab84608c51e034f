/** Requirements of Python packages as pip takes them (PEP 508), and the lines of requirements files. Pure. */
import { CoxswainError } from '../../../engine/index.ts'

/** One requirement. */
export interface Requirement {
  /** Its text, as pip takes it. */
  readonly text: string
  /** The normalized name (PEP 503). */
  readonly name: string
  /** Conditions on the version, without blanks; empty without any. */
  readonly version: string
  /** The extras, such as `[standard]`: other packages that must be installed too; empty without any. */
  readonly extras: string
  /** Whether it has a marker, such as `; python_version < "3.11"`: only pip can tell whether it counts. */
  readonly conditional: boolean
}

const pattern =
  /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[\w,.\s-]*\])?\s*((?:[=!<>~]=?|===)[^;@]+)?(;.*)?$/

/** A name, as packages are compared by it. */
export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** A requirement; undefined if it is of another form, such as a URL or a path. */
export const requirementIn = (text: string): Requirement | undefined => {
  const [, name, extras = '', version = '', marker] = pattern.exec(text.trim()) ?? []
  if (name === undefined) return undefined
  return {
    text: text.trim(),
    name: normalName(name),
    version: version.replaceAll(/\s/g, ''),
    extras: /\w/.test(extras) ? extras.replaceAll(/\s/g, '') : '',
    conditional: marker !== undefined,
  }
}

/** Options of a requirements file that do not change what must be installed. */
const source =
  /^(?:-i|-f|--index-url|--extra-index-url|--no-index|--find-links|--trusted-host|--prefer-binary|--no-binary|--only-binary)\b/

/**
 * The requirements of a file.
 *
 * @throws `task-failed` for a line of which only an installation tells what it needs.
 */
export const requirementsIn = (text: string, path: string): Requirement[] =>
  text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const plain = line.replace(/(?:^|\s)#.*$/, '').trim()
      if (plain === '' || source.test(plain)) return []
      const found = requirementIn(plain.replaceAll(/\s--hash[= ]\S+/g, ''))
      if (found !== undefined) return [found]
      throw new CoxswainError('task-failed', `${path}: cannot tell whether this is installed: ${plain}`, {
        hint: 'write names with versions, such as flask==3.0.2; for other lines use the task command with creates',
      })
    })

/** Whether an installed version is known to satisfy a requirement; undefined where only pip can tell. */
export const satisfies = (
  { version, conditional }: Requirement,
  installed: string | undefined,
): boolean | undefined => {
  if (conditional) return undefined
  if (installed === undefined) return false
  if (version === '' || version === `==${installed}` || version === `===${installed}`) return true
  return undefined
}

/** Options that say where pip looks for versions, and how it connects, which `pip list` takes too. */
const valued =
  /^(?:-i|-f|--index-url|--pypi-url|--extra-index-url|--find-links|--trusted-host|--proxy|--cert|--client-cert|--timeout|--retries)$/
const attached = /^(?:-[if].+|--no-index|--pre)$/

/**
 * Those of the options of `pip install` that say where it looks for versions.
 *
 * @example
 * indexOptions(['--no-deps', '--index-url', 'https://example.com']) // ['--index-url', 'https://example.com']
 */
export const indexOptions = (options: readonly string[]): string[] =>
  options.filter((word, at) => {
    const before = options[at - 1]
    if (before !== undefined && valued.test(before)) return true
    return valued.test(word) || attached.test(word) || valued.test(/^(--[a-z-]+)=/.exec(word)?.[1] ?? '')
  })
