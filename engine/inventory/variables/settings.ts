/** The connection variables of a host: which of the names of a setting wins. */
import type { Variable, Variables } from '../types.ts'
import { ansibleNames } from './setting-names.ts'

/** The place of a setting. */
interface Found {
  readonly name: string
  readonly variable: Variable
  readonly layer: number
}

const lastOf = (layers: readonly Variables[], name: string): Found | undefined => {
  const layer = layers.findLastIndex((one) => one.has(name))
  const variable = layers[layer]?.get(name)
  return variable === undefined ? undefined : { name, variable, layer }
}

/** The become method of a name; undefined for a name of all methods. */
const methodOf = (name: string): string | undefined =>
  /^ansible_(sudo|su|doas)_(?:user|pass)$/.exec(name)?.[1]

/** The become method of a host, by its short name. */
const becomeMethod = (layers: readonly Variables[]): string => {
  const value = countingName(layers, ['become_method', ...ansibleNames.become_method])?.variable.value
  return typeof value === 'string' ? value.replace(/^.*\./, '') : 'sudo'
}

/**
 * Finds the name of a setting that wins. Of Ansible's names it is the last one with a value, as in Ansible. Between that and
 * our name, the more specific layer wins, and our name if both are in the same layer.
 *
 * @param layers of a host, in order of precedence.
 * @param names of a setting, ours first.
 */
export const countingName = (
  layers: readonly Variables[],
  [ours = '', ...theirs]: readonly string[],
): Found | undefined => {
  const own = lastOf(layers, ours)
  const method = theirs.some((name) => methodOf(name) !== undefined) ? becomeMethod(layers) : undefined
  const found = theirs
    .filter((name) => (methodOf(name) ?? method) === method)
    .flatMap((name) => lastOf(layers, name) ?? [])
  const other = found.findLast(({ variable }) => variable.value !== null) ?? found.at(-1)
  if (own === undefined || other === undefined) return own ?? other
  return own.layer >= other.layer ? own : other
}

/**
 * The settings of a host, by our names.
 *
 * @param layers of the host, in order of precedence.
 */
export const settingsOf = (layers: readonly Variables[]): Map<string, Variable> => {
  const settings = new Map<string, Variable>()
  for (const [ours, theirs] of Object.entries(ansibleNames)) {
    const found = countingName(layers, [ours, ...theirs])
    if (found !== undefined) settings.set(ours, { ...found.variable, called: found.name })
  }
  return settings
}
