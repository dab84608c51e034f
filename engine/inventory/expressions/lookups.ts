/** `lookup`: what an expression reads from this machine. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isCoxswainError } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { isVault } from '../secrets/vault.ts'
import { looksSecretName } from '../variables/secret-name.ts'
import { Fault } from './fault.ts'
import { flagArgument } from './library.ts'
import { hide } from './machine.ts'
import type { Machine } from './machine.ts'
import { Shut, Suspended } from './pending.ts'
import { List } from './values.ts'
import type { Args, Value } from './values.ts'

/** The most bytes of a file. */
const most = 1024 * 1024

/** What lookups need. */
export interface LookupContext {
  readonly machine: Machine
  /** Where relative paths are looked for, in order. */
  readonly folders: readonly string[]
  /** Runs programs; undefined where none is run. */
  readonly keys: Keyring | undefined
  readonly env: (name: string) => string | undefined
  /** The output of programs that ended, by command and folder. */
  readonly outputs: Map<string, string>
  /** The value of a variable of the host. */
  readonly variable: (name: string) => Value
}

/** Reads a regular file; undefined if there is none at a path. */
const readAt = (path: string): string | undefined => {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new Fault(`${path} is not a regular file`, { word: path })
    if (found.size > most) throw new Fault(`${path} has more than ${most} bytes`, { word: path })
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

const file = ({ folders }: LookupContext, name: string, args: Args): Value => {
  const path = name === '~' || name.startsWith('~/') ? homedir() + name.slice(1) : name
  const places = isAbsolute(path)
    ? [path]
    : folders.flatMap((folder) => [join(folder, 'files', path), join(folder, path)])
  for (const place of places) {
    const text = readAt(place)
    if (text === undefined) continue
    if (isVault(text))
      throw new Fault(`${place} is encrypted, which lookup('file') does not open`, {
        word: name,
        hint: 'put the value into an encrypted variable',
      })
    const end = flagArgument(args, Infinity, 'rstrip', true) ? text.trimEnd() : text
    return flagArgument(args, Infinity, 'lstrip') ? end.trimStart() : end
  }
  throw new Fault(`there is no file ${name}`, {
    word: name,
    hint: isAbsolute(path) ? undefined : `looked for in ${folders.join(', ')}`,
  })
}

const environment = (context: LookupContext, name: string, args: Args): Value => {
  const found = context.env(name)
  if (found === undefined) return args.named('default') ?? ''
  return looksSecretName(name.toLowerCase()) ? hide(found, 'named') : found
}

/** The output of a program of a shell, without line ends at its end. */
const pipe = ({ keys, outputs, folders }: LookupContext, command: string): Value => {
  const [folder = process.cwd()] = folders
  const key = JSON.stringify([folder, command])
  const known = outputs.get(key)
  if (known !== undefined) return known
  if (keys === undefined) throw new Shut('a program')
  throw new Suspended(async () => {
    try {
      outputs.set(key, (await keys.run(['sh', '-c', command], folder)).reveal())
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      // the command can contain a secret
      throw new Fault(
        `the program of lookup('pipe') failed: ${error.message.replace(`sh -c ${command}: `, '')}`,
        {
          word: 'pipe',
          hint: error.output,
        },
      )
    }
  })
}

const lookups: Readonly<Record<string, (context: LookupContext, term: string, args: Args) => Value>> = {
  env: environment,
  file,
  pipe: (context, term) => pipe(context, term),
  vars: ({ variable }, term) => variable(term),
}

/**
 * Looks something up.
 *
 * @throws Fault for an unknown lookup, or one that fails; with `errors='ignore'`, the latter is left out.
 */
export const lookUp = (context: LookupContext, name: string, args: Args): readonly Value[] => {
  const short = name.replace(/^ansible\.builtin\./, '')
  const found = Object.hasOwn(lookups, short) ? lookups[short] : undefined
  if (found === undefined) {
    const guess = nearest(short, Object.keys(lookups))
    throw new Fault(`there is no lookup ${name}`, {
      word: name,
      hint:
        guess === undefined ? `the lookups are ${Object.keys(lookups).join(', ')}` : `did you mean ${guess}?`,
    })
  }
  const { machine } = context
  const terms = args.rest().flatMap((term) => (term instanceof List ? term.values() : [term]))
  const mode = args.named('errors')
  return terms.flatMap((term) => {
    try {
      return [found(context, machine.text(term), args)]
    } catch (error) {
      if (!(error instanceof Fault) || (mode !== 'ignore' && mode !== 'warn')) throw error
      return []
    }
  })
}
