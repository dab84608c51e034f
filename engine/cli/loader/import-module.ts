/** Loads modules of users, with errors that have the place. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { settled } from '../../settled.ts'
import { attempt } from '../attempt.ts'
import { syntaxErrorIn } from './syntax.ts'

/** The error of a module that waits for what never happens while it is loaded. */
const neverLoaded = (shown: string): CoxswainError =>
  new CoxswainError('load-failed', `${shown} cannot be loaded: an await at its top level never settles`, {
    place: { file: shown },
    hint: `check the awaits of ${shown} and of the files that it imports`,
  })

/**
 * Loads a module of a playbook, a task or settings.
 *
 * @param file absolute.
 * @throws `load-failed` with the place.
 */
export const importModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const shown = relative(process.cwd(), file)
  if (!existsSync(file)) {
    throw new CoxswainError('load-failed', `the file ${shown} does not exist`, {
      hint: 'give the path of a playbook or task file, or the name of a task (see `run --list-tasks`)',
    })
  }
  const url = pathToFileURL(file).href
  try {
    return await settled(import(url), () => neverLoaded(shown))
  } catch (error) {
    throw await loadError(shown, url, error)
  }
}

/** The hint for an import of a name that the module does not export. */
const hintForExport = async (message: string, importer: string): Promise<string | undefined> => {
  const [, specifier, name] =
    /requested module '(.+)' does not provide an export named '(.+)'/.exec(message) ?? []
  if (specifier === undefined || name === undefined) return undefined
  const target = specifier.startsWith('.') ? new URL(specifier, importer).href : specifier
  const names = await import(target).then(
    (module: object) => Object.keys(module),
    () => [],
  )
  const guess = nearest(name, names)
  return guess === undefined ? `check what ${specifier} exports` : `did you mean ${guess}?`
}

/** What is wrong with an import of a file that does not exist; undefined for another message. */
const missingFile = (message: string): { readonly message: string; readonly hint: string } | undefined => {
  const [, file = '', importer = ''] = /^Cannot find module '(.+)' imported from (.+)$/.exec(message) ?? []
  if (!isAbsolute(file) || existsSync(file)) return undefined
  const shown = (path: string): string => relative(process.cwd(), path)
  // no folder, or one that cannot be read
  const names = attempt(() => readdirSync(dirname(file))) ?? []
  const guess = nearest(basename(file), names)
  return {
    message: `${shown(file)} does not exist; it is imported by ${shown(importer)}`,
    hint: guess === undefined ? 'fix the path of the import' : `did you mean ${guess}?`,
  }
}

/** The error of a file that cannot be loaded, with the place in it. */
const loadError = async (shown: string, url: string, caught: unknown): Promise<CoxswainError> => {
  if (isCoxswainError(caught)) return caught.at({ place: authorsPlace(caught) })
  // for a JavaScript module, Node does not report the place
  const unplaced = caught instanceof SyntaxError && authorsPlace(caught) === undefined
  const error = (unplaced ? await syntaxErrorIn(url) : undefined) ?? caught
  const message = error instanceof Error ? error.message : `threw ${inspect(error)}`
  const place = authorsPlace(error) ?? { file: shown }
  const missing = missingFile(message)
  const guess = missing?.hint ?? (await hintForExport(message, pathToFileURL(place.file).href))
  return new CoxswainError('load-failed', `${shown} cannot be loaded: ${missing?.message ?? message}`, {
    cause: error,
    place,
    hint: `${guess ?? 'fix the code at the place shown'}; it is loaded by ${shown}`,
  })
}
