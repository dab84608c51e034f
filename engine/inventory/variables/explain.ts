/** Finds where the value of a variable comes from. Pure. */
import type { Layer } from './layers.ts'
import { connectionLayers, isOrdinary, isSettingIn } from './ordinary-words.ts'
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
  const isPlain = isOrdinary(layers, name)
  const all = isPlain ? [name] : (settingWith(name) ?? [name])
  const names = all.toReversed()
  const origins = layers.flatMap((layer) =>
    names.flatMap((one) => {
      const variable = layer.variables.get(one)
      return variable === undefined || (!isPlain && !isSettingIn(layers, layer, one))
        ? []
        : history(variable).map((each) => ({ label: layer.label, name: one, variable: each }))
    }),
  )
  const counting = countingName(
    isPlain ? layers.map(({ variables }) => variables) : connectionLayers(layers),
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
  const firsts = new Set(
    [...names].map((name) => {
      const [ours = name, theirs] = isOrdinary(layers, name) ? [] : (settingWith(name) ?? [])
      // our name is that of another variable
      return theirs !== undefined && isOrdinary(layers, ours) ? theirs : ours
    }),
  )
  return [...firsts].toSorted().map((name) => explain(layers, name))
}
