/** Where the settings of a project are. */
import { existsSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { placesIn } from '../../inventory/place.ts'
import { readFound, refuseUntrusted, typed } from './found-file.ts'

/** The file that holds the settings of a project. */
export const configName = 'coxswain.config.ts'

/** A file with settings, by its absolute path. */
export type FoundConfig =
  | { readonly kind: 'module'; readonly file: string }
  /** The value of the key `coxswain` in package.json. */
  | { readonly kind: 'package'; readonly file: string; readonly value: unknown }

/** The error of a package.json that is not valid JSON. */
const notJson = (file: string, text: string, cause: unknown): CoxswainError => {
  const message = cause instanceof Error ? cause.message : String(cause)
  const position = /at position (\d+)/.exec(message)?.[1]
  const shown = typed(file)
  const place = position === undefined ? { file: shown } : placesIn(shown, text)(Number(position))
  return new CoxswainError('config-invalid', `${shown} is not valid JSON`, {
    place,
    hint: 'fix the JSON: it can have settings of the project, under "coxswain"',
  })
}

/** The settings in a package.json, if it has any. One that does not mention Coxswain is for npm to report. */
const inPackage = (file: string): FoundConfig | undefined => {
  const opened = readFound(file)
  if (opened === undefined) return undefined
  const text = opened.text.replace(/^\uFEFF/, '')
  if (!text.includes('"coxswain"')) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    opened.refuseUntrusted()
    throw notJson(file, text, cause)
  }
  if (typeof parsed !== 'object' || parsed === null || !('coxswain' in parsed)) return undefined
  opened.refuseUntrusted()
  return { kind: 'package', file, value: parsed.coxswain }
}

/** Whether a folder has an entry of this name; a dangling link is one. */
const hasEntry = (file: string): boolean => {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/**
 * Looks for settings in a folder and in those above it; ends at the first that has some, at one with `.git`, or at the root.
 *
 * @param folder absolute.
 * @throws `config-invalid` for a folder with settings in both files, or ones that cannot be read; `config-unsafe`.
 */
export const findConfig = (folder: string): FoundConfig | undefined => {
  const file = join(folder, configName)
  const packaged = inPackage(join(folder, 'package.json'))
  if (hasEntry(file)) {
    refuseUntrusted(file)
    if (packaged === undefined) return { kind: 'module', file }
    throw new CoxswainError(
      'config-invalid',
      `both ${file} and ${packaged.file} have settings of the project`,
      {
        hint: `keep one: ${configName}, or the key "coxswain" in package.json`,
      },
    )
  }
  if (packaged !== undefined) return packaged
  const above = dirname(folder)
  return above === folder || existsSync(join(folder, '.git')) ? undefined : findConfig(above)
}
