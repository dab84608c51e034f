/** Finds where the value of a variable comes from. Pure. */
import type { Layer } from './layers.ts'
import { settingWith } from './setting-names.ts'
import { countingName } from './settings.ts'
import type { Variable } from '../types.ts'
import { isLockedFile } from './file.ts'

/** One place that sets a variable. */
export interface Origin {
  /** `all`, `group web`, `host web1`, `-e`. */
  readonly label: string
  /** The name used there: a setting has our name and Ansible's. */
  readonly name: string
  readonly variable: Variable
}

/** A variable with every place that sets it, in order of precedence; the last one wins. */
export interface Explained {
  readonly name: string
  readonly origins: readonly Origin[]
}

const history = (variable: Variable): Variable[] =>
  variable.before === undefined ? [variable] : [...history(variable.before), variable]

/**
 * Finds the places that set a variable, in order of precedence; empty if it is not set. For a connection variable, all of
 * its names are included.
 *
 * @param layers the layers of the host, in order of precedence.
 */
export const explain = (layers: readonly Layer[], name: string): Explained => {
  // our name wins within a layer, so it comes last
  const all = settingWith(name) ?? [name]
  const names = all.toReversed()
  const origins = layers.flatMap(({ label, variables }) =>
    names.flatMap((one) => {
      const variable = variables.get(one)
      return variable === undefined
        ? []
        : history(variable).map((each) => ({ label, name: one, variable: each }))
    }),
  )
  const counting = countingName(
    layers.map(({ variables }) => variables),
    all,
  )
  // the winning origin comes last
  const counts = (origin: Origin): boolean => origin.variable === counting?.variable
  return {
    name: counting?.name ?? name,
    origins: [...origins.filter((one) => !counts(one)), ...origins.filter(counts)],
  }
}

/** Explains all variables of a host by name; the names of one setting are combined. */
export const explainAll = (layers: readonly Layer[]): Explained[] => {
  const all = layers.flatMap(({ variables }) => [...variables.keys()])
  const names = new Set(all.filter((name) => !isLockedFile(name)))
  const firsts = new Set([...names].map((name) => settingWith(name)?.[0] ?? name))
  return [...firsts].toSorted().map((name) => explain(layers, name))
}
