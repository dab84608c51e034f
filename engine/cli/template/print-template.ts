/** `run template FILE --host NAME`: prints a template with the variables of a host. */
import { z } from 'zod'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { Host } from '../../inventory/types.ts'
import { looksSecretName } from '../../inventory/variables/secret-name.ts'
import { variablesOf } from '../../inventory/variables/validate.ts'
import { Secret, shownWord } from '../../secret.ts'
import type { CommandContext } from '../define-command.ts'
import type { HostOptions } from '../options/run.ts'
import { writeWarnings } from '../session/warnings.ts'
import { openWorkspace } from '../session/workspace.ts'

/** A template and a host. */
export interface PrintTemplateInput {
  readonly options: HostOptions & { readonly host: string }
  readonly words: readonly string[]
}

/** The function of the task library that makes the text of a template. */
type TemplateText = (
  file: string,
  valuesFor: (words: ReadonlySet<string>) => Promise<Readonly<Record<string, unknown>>>,
) => Promise<string>

const isTemplateText = (value: unknown): value is TemplateText => typeof value === 'function'

/**
 * The file among the words after `template`.
 *
 * @throws `usage`.
 */
const fileIn = (words: readonly string[]): string => {
  const [file, ...others] = words
  if (file !== undefined && others.length === 0 && !/^\w+=/.test(file)) return file
  throw new CoxswainError('usage', '--host needs one template', {
    hint: '`run template FILE --host NAME` prints what it makes with the variables of the host; give further values with -e name=value',
  })
}

const unknownHost = (name: string, known: Iterable<string>): CoxswainError => {
  const guess = nearest(name, known)
  return new CoxswainError('pattern-invalid', `the inventory has no host ${shownWord(name)}`, {
    hint: guess === undefined ? '`run inventory --graph` lists the hosts' : `did you mean ${guess}?`,
  })
}

/** The variables of a host that a template can read: those whose names are in it. */
const valuesFor = (
  { name, groups, variables }: Host,
  wanted: ReadonlySet<string>,
): Record<string, unknown> => {
  const some = new Map([...variables].filter(([key]) => wanted.has(key)))
  // a value that cannot be read is an error where the template reads it
  const values = variablesOf(z.looseObject({}), { name, variables: some })
  return Object.defineProperties(
    { inventory_hostname: name, group_names: groups.filter((group) => group !== 'all').toSorted() },
    Object.getOwnPropertyDescriptors(values),
  )
}

/** Prints a template. Secrets in it are masked. Returns the exit status. */
export const printTemplate = async (
  { options, words }: PrintTemplateInput,
  { redactor, outlets, project, loadHooks, loadLibrary }: CommandContext,
): Promise<number> => {
  const file = fileIn(words)
  const { templateText } = await loadLibrary()
  if (!isTemplateText(templateText))
    throw new CoxswainError('internal', 'the task library does not have templates')
  loadHooks()
  const workspace = await openWorkspace(options, { redactor, asks: false, project: await project() })
  writeWarnings(workspace.inventory, outlets)
  if (!workspace.hosts.has(options.host)) throw unknownHost(options.host, workspace.hosts.keys())
  const valuesOf = async (wanted: ReadonlySet<string>): Promise<Record<string, unknown>> => {
    await workspace.open([options.host], { wanted, connection: false })
    const host = workspace.hosts.get(options.host)
    if (host === undefined) throw new CoxswainError('internal', 'the host is not there after it was opened')
    for (const [name, { value }] of host.variables)
      if (typeof value === 'string' && value !== '' && looksSecretName(name))
        redactor.learn(new Secret(value))
    return valuesFor(host, wanted)
  }
  outlets.out(await templateText(file, valuesOf))
  return 0
}
