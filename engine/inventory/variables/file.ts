/** Reads variables files, in the clear or encrypted. */
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
  const { entries, place } = readYaml(file, text, { hidden })
  if (entries === undefined)
    throw invalid('a variables file must be a map', place, 'write `name: value` lines')
  return entries.map((entry) => [entry.key, variableOf(entry)] as const)
}

/** The entry of an encrypted file in a layer. No variable can have such a name. */
const lockedName = (file: string): string => `\0${file}`

/** Whether a name in a layer is an encrypted file. */
export const isLockedFile = (name: string): boolean => name.startsWith('\0')

/** The entry of an encrypted file, which {@link unlockLayer} replaces with its variables. */
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
 * Reads the variables of a file. An encrypted file stays encrypted until {@link unlockLayer} opens it.
 *
 * @throws `load-failed`, `inventory-invalid`.
 */
export const readVariables = async (file: string): Promise<readonly Named[]> => {
  const source = await readSource(file)
  return source.locked ? [lockedFile(file, source)] : parse(file, await source.text(emptyKeyring()), false)
}

/**
 * Replaces the encrypted files of a layer with their variables.
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
