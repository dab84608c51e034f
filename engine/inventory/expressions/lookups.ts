/** `lookup`: what an expression reads from this machine. */
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isCoxswainError } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { isVault } from '../secrets/vault.ts'
import { looksSecretName } from '../variables/secret-name.ts'
import { Fault } from './fault.ts'
import { flagArgument } from './library.ts'
import { namesLookups } from './host-lookups.ts'
import type { NamesContext } from './host-lookups.ts'
import { hide } from './machine.ts'

import { listLookups } from './list-lookups.ts'
import { checkArguments, takes } from './signature.ts'
import type { Signed } from './signature.ts'
import { Shut, Suspended } from './pending.ts'
import { List, Undefined } from './values.ts'
import type { Args, Value } from './values.ts'

/** The most bytes of a file. */
const most = 1024 * 1024

/** What lookups need. */
export interface LookupContext extends NamesContext {
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

/** The lines of what a program printed. */
const linesOf = (output: Value): readonly Value[] =>
  typeof output !== 'string' ? [output] : output === '' ? [] : output.split(/\r?\n/)

/** The first of some files that is there. */
const firstFound = ({ folders }: LookupContext, terms: readonly string[]): string => {
  const places = terms.flatMap((path) =>
    isAbsolute(path)
      ? [path]
      : folders.flatMap((folder) => [join(folder, 'files', path), join(folder, path)]),
  )
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new Fault(`none of these files is there: ${terms.join(', ')}`, { word: 'first_found' })
}

type Lookup = ((context: LookupContext, term: string, args: Args) => Value) & Signed

/** Options of all lookups. */
const common = 'wantlist errors'

const lookups: Readonly<Record<string, Lookup>> = {
  env: takes('default', environment),
  file: takes('lstrip rstrip', file),
  pipe: (context, term) => pipe(context, term),
  lines: (context, term) => pipe(context, term),
  first_found: (context, term) => firstFound(context, [term]),
  vars: takes('default', ({ variable }, term, args) => {
    const found = variable(term)
    return found instanceof Undefined ? (args.named('default') ?? found) : found
  }),
}

/**
 * Looks something up.
 *
 * @throws Fault for an unknown lookup, or one that fails; with `errors='ignore'`, the latter is left out.
 */
export const lookUp = (context: LookupContext, name: string, args: Args): readonly Value[] => {
  const short = name.replace(/^ansible\.builtin\./, '')
  const ofLists = Object.hasOwn(listLookups, short) ? listLookups[short] : undefined
  const found = Object.hasOwn(lookups, short) ? lookups[short] : undefined
  const ofNames = Object.hasOwn(namesLookups, short) ? namesLookups[short] : undefined
  const options = (ofLists ?? found)?.signature ?? ''
  if (ofLists !== undefined || found !== undefined || ofNames !== undefined)
    checkArguments(`lookup('${short}')`, { signature: `* | ${options} ${common}` }, args)
  if (ofLists !== undefined) return ofLists(context.machine, args.rest(), args)
  if (found === undefined && ofNames === undefined) {
    const known = [...Object.keys(lookups), ...Object.keys(listLookups), ...Object.keys(namesLookups)]
    const guess = nearest(short, known)
    throw new Fault(`there is no lookup ${name}`, {
      word: name,
      hint: guess === undefined ? `the lookups are ${known.join(', ')}` : `did you mean ${guess}?`,
    })
  }
  const { machine } = context
  const terms = args.rest().flatMap((term) => (term instanceof List ? term.values() : [term]))
  const mode = args.named('errors')
  if (ofNames !== undefined)
    return ofNames(
      context,
      terms.map((term) => machine.text(term)),
    )
  if (short === 'lines') return terms.flatMap((term) => linesOf(pipe(context, machine.text(term))))
  if (short === 'first_found')
    return [
      firstFound(
        context,
        terms.map((term) => machine.text(term)),
      ),
    ]
  return terms.flatMap((term) => {
    try {
      return found === undefined ? [] : [found(context, machine.text(term), args)]
    } catch (error) {
      if (!(error instanceof Fault) || (mode !== 'ignore' && mode !== 'warn')) throw error
      return []
    }
  })
}
