/** Where a variable's value comes from. Pure. */
import type { Layer } from './layers.ts'
import { countingName, settingWith } from './settings.ts'
import type { Variable } from '../types.ts'
import { isLockedFile } from './file.ts'

/** One place that gives a variable a value. */
export interface Origin {
  /** `all`, `group web`, `host web1`, `-e`. */
  readonly label: string
  /** The name that is used there: a setting has ours and Ansible's. */
  readonly name: string
  readonly variable: Variable
}

/** A variable with every place that gives it a value, the strongest last: that one counts. */
export interface Explained {
  readonly name: string
  readonly origins: readonly Origin[]
}

const history = (variable: Variable): Variable[] =>
  variable.before === undefined ? [variable] : [...history(variable.before), variable]

/**
 * Where a variable's values come from, the strongest last; none when nobody gives it one. Of what says how to reach a
 * host, all names count together, as they do when the host is reached.
 *
 * @param layers those of the host, the strongest last.
 */
export const explain = (layers: readonly Layer[], name: string): Explained => {
  // where one layer has several names, ours counts: it comes last
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
  // what counts comes last, wherever it is set
  const counts = (origin: Origin): boolean => origin.variable === counting?.variable
  return {
    name: counting?.name ?? name,
    origins: [...origins.filter((one) => !counts(one)), ...origins.filter(counts)],
  }
}

/** All variables of a host, each explained, by name; the names of one setting count as one. */
export const explainAll = (layers: readonly Layer[]): Explained[] => {
  const all = layers.flatMap(({ variables }) => [...variables.keys()])
  const names = new Set(all.filter((name) => !isLockedFile(name)))
  const firsts = new Set([...names].map((name) => settingWith(name)?.[0] ?? name))
  return [...firsts].toSorted().map((name) => explain(layers, name))
}
