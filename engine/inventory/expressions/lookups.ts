/** `lookup`: what an expression reads from this machine. */
import { isCoxswainError } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { looksSecretName } from '../variables/secret-name.ts'
import { Fault } from './fault.ts'
import { file, fileGlob, firstFound } from './file-lookups.ts'
import type { FilesContext } from './file-lookups.ts'
import type { LookedUp } from './functions.ts'
import { namesLookups } from './host-lookups.ts'
import type { NamesContext } from './host-lookups.ts'
import { hide } from './machine.ts'
import type { Machine } from './machine.ts'
import { password } from './password-lookup.ts'

import { listLookups } from './list-lookups.ts'
import { checkArguments, takes } from './signature.ts'
import type { Signed } from './signature.ts'
import { Shut, Suspended } from './pending.ts'
import { List, Undefined } from './values.ts'
import type { Args, Value } from './values.ts'

/** What lookups need. */
export interface LookupContext extends NamesContext, FilesContext {
  /** Runs programs; undefined where none is run. */
  readonly keys: Keyring | undefined
  readonly env: (name: string) => string | undefined
  /** What programs that ended printed, or why they failed, by command and folder. */
  readonly outputs: Map<string, string | Fault>
  /** The value of a variable of the host. */
  readonly variable: (name: string) => Value
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
  if (known instanceof Fault) throw known
  if (known !== undefined) return known
  if (keys === undefined) throw new Shut('a program')
  throw new Suspended(async () => {
    try {
      outputs.set(key, (await keys.run(['sh', '-c', command], folder)).reveal())
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      // the command can contain a secret
      const message = error.message.replace(`sh -c ${command}: `, '')
      outputs.set(
        key,
        new Fault(`the program of lookup('pipe') failed: ${message}`, { word: 'pipe', hint: error.output }),
      )
    }
  })
}

/** Lookups of one kind as those of another. */
const mapLookups = <From>(
  all: Readonly<Record<string, From>>,
  change: (look: From) => Lookup,
): Readonly<Record<string, Lookup>> =>
  Object.fromEntries(Object.entries(all).map(([name, look]) => [name, change(look)]))

/** The lines of what a program printed. */
const linesOf = (output: Value): readonly Value[] =>
  typeof output !== 'string' ? [output] : output === '' ? [] : output.split(/\r?\n/)

type Lookup = ((context: LookupContext, terms: readonly Value[], args: Args) => readonly Value[]) & Signed

/** Options of all lookups. */
const common = 'wantlist errors'

/** Terms as texts; a list among them is its items. */
const textsOf = (machine: Machine, terms: readonly Value[]): readonly string[] =>
  terms.flatMap((term) => (term instanceof List ? term.values() : [term])).map((term) => machine.text(term))

/** A lookup of one value for each text. */
const ofTexts =
  (look: (context: LookupContext, text: string, args: Args) => Value): Lookup =>
  (context, terms, args) =>
    textsOf(context.machine, terms).map((text) => look(context, text, args))

const variable = ({ variable: valueOf }: LookupContext, name: string, args: Args): Value => {
  const found = valueOf(name)
  return found instanceof Undefined ? (args.named('default') ?? found) : found
}

const lookups: Readonly<Record<string, Lookup>> = {
  ...mapLookups(listLookups, (look) =>
    takes(look.signature ?? '', ({ machine }, terms, args) => look(machine, terms, args)),
  ),
  ...mapLookups(namesLookups, (look) => (context, terms) => look(context, textsOf(context.machine, terms))),
  env: takes('default', ofTexts(environment)),
  file: takes('lstrip rstrip', ofTexts(file)),
  fileglob: (context, terms) => textsOf(context.machine, terms).flatMap((glob) => fileGlob(context, glob)),
  first_found: takes('files paths skip', firstFound),
  password: takes('length chars seed encrypt ident', ofTexts(password)),
  pipe: ofTexts(pipe),
  lines: (context, terms) =>
    textsOf(context.machine, terms).flatMap((command) => linesOf(pipe(context, command))),
  vars: takes('default', ofTexts(variable)),
}

/** What there is instead of lookups that are not here. */
const instead: Readonly<Record<string, string>> = {
  random_choice: 'it differs at each run: write [ … ] | random(seed=inventory_hostname)',
  template: 'put the text with its expressions into a variable',
  unvault: 'put the value into an encrypted variable',
  url: "use lookup('pipe', 'curl …'), or read it in the playbook",
  config: 'the settings of a project are in coxswain.config.ts',
  csvfile: "use lookup('file', …), split and selectattr",
  ini: "use lookup('file', …) and regex_search",
  dig: "use lookup('pipe', 'dig …')",
  hashi_vault: "use lookup('pipe', 'vault …'), or !command",
}

const shortName = (name: string): string => name.replace(/^(?:ansible\.builtin|community\.[a-z_]+)\./, '')

/**
 * Looks something up.
 *
 * @throws Fault for an unknown lookup, or one that fails; with `errors='ignore'`, the latter gives nothing.
 */
export const lookUp = (context: LookupContext, name: string, args: Args): LookedUp => {
  const short = shortName(name)
  const found = Object.hasOwn(lookups, short) ? lookups[short] : undefined
  if (found === undefined) {
    const known = Object.keys(lookups)
    const guess = nearest(short, known)
    const hint = Object.hasOwn(instead, short) ? instead[short] : undefined
    throw new Fault(
      hint === undefined ? `there is no lookup ${name}` : `there is no lookup ${name} in an inventory`,
      {
        word: name,
        hint:
          hint ?? (guess === undefined ? `the lookups are ${known.join(', ')}` : `did you mean ${guess}?`),
      },
    )
  }
  checkArguments(`lookup('${short}')`, { signature: `* | ${found.signature ?? ''} ${common}` }, args)
  const mode = args.named('errors') ?? 'strict'
  if (mode !== 'strict' && mode !== 'ignore' && mode !== 'warn')
    throw new Fault('errors of a lookup is strict, warn or ignore', { word: 'errors' })
  try {
    return found(context, args.rest(), args)
  } catch (error) {
    if (!(error instanceof Fault) || mode === 'strict') throw error
    return undefined
  }
}
