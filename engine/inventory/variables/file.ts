/** Files of variables, in the clear or encrypted as a whole. */
import { setVariable } from '../draft.ts'
import { invalid } from '../invalid.ts'
import { emptyKeyring } from '../secrets/keyring.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { isSealed, sealed, secretsIn } from '../secrets/sealed.ts'
import { readSource } from '../sources/source-text.ts'
import type { SourceFile } from '../sources/source-text.ts'
import type { Variable, Variables } from '../types.ts'
import { readYaml, variableOf } from '../yaml/read.ts'

type Named = readonly [string, Variable]

const parse = (file: string, text: string, hidden: boolean): Named[] => {
  const { entries, place } = readYaml(file, text, hidden)
  if (entries === undefined) throw invalid('a file of variables is a map', place, 'write `name: value` lines')
  return entries.map((entry) => [entry.key, variableOf(entry)] as const)
}

/** What stands in a layer of variables for a file that is still encrypted. No variable can have such a name. */
const lockedName = (file: string): string => `\0${file}`

/** Whether a name of a layer stands for a file that is still encrypted. */
export const isLockedFile = (name: string): boolean => name.startsWith('\0')

/** The variables of a file that is not opened yet: one that has no name, in whose place {@link unlockLayer} puts them. */
const lockedFile = (file: string, source: SourceFile): Named => {
  const place = { file }
  const open = async (keys: Keyring): Promise<Variables> => {
    const variables = new Map(parse(file, await source.text(keys), true))
    for (const { value, written } of variables.values())
      keys.learn([...secretsIn(value), ...secretsIn(written)])
    return variables
  }
  return [lockedName(file), { value: sealed(place, open), hidden: true, place }]
}

/**
 * The variables of a file. One that is encrypted as a whole is left so until {@link unlockLayer} opens it.
 *
 * @throws `load-failed`, `inventory-invalid`.
 */
export const readVariables = async (file: string): Promise<readonly Named[]> => {
  const source = await readSource(file)
  return source.locked ? [lockedFile(file, source)] : parse(file, await source.text(emptyKeyring()), false)
}

/**
 * A layer with the variables of its encrypted files in their place.
 *
 * @throws `secret-locked`, `secret-broken`, `inventory-invalid`.
 */
export const unlockLayer = async (layer: Variables, keys: Keyring): Promise<Variables> => {
  if (![...layer.keys()].some(isLockedFile)) return layer
  const unlocked = new Map<string, Variable>()
  for (const [name, variable] of layer) {
    const { value } = variable
    const opened: unknown =
      isLockedFile(name) && isSealed(value) ? await keys.once(value, () => value.open(keys)) : undefined
    if (!(opened instanceof Map)) {
      setVariable(unlocked, name, variable)
      continue
    }
    const { base } = variable
    for (const [inner, one] of opened)
      setVariable(unlocked, inner, { ...one, ...(base !== undefined && { base }) })
  }
  return unlocked
}
