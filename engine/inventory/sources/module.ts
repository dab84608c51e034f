/** Reads inventories that are TypeScript or JavaScript modules. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import type { InventoryDraft } from '../draft.ts'
import { checkGroupName } from '../group-names.ts'
import { readHostWord } from './host-words.ts'
import { nearest } from '../nearest.ts'
import { settled } from '../../settled.ts'

const variables = z.record(z.string(), z.unknown())
const hosts = z.union([
  z.array(z.string()).transform((names) => names.map((name) => ({ name, vars: {} }))),
  z
    .record(z.string(), variables.nullish())
    .transform((map) => Object.entries(map).map(([name, vars]) => ({ name, vars: vars ?? {} }))),
])
const group = z.strictObject({
  hosts: hosts.optional(),
  children: z.array(z.string()).optional(),
  vars: variables.optional(),
})
const spec = z.strictObject({
  vars: variables.optional(),
  hosts: hosts.optional(),
  groups: z.record(z.string(), group.nullish()).optional(),
})

/** Timeout of a module in seconds. */
const moduleTimeout = 120

const limited = async (path: string, work: unknown, seconds: number): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new CoxswainError('load-failed', `the inventory ${path} timed out after ${seconds} s`, {
            place: { file: path },
            hint: 'check what it waits for',
          }),
        ),
      seconds * 1000,
    )
    // it must not keep a process that has nothing else to do
    timer.unref()
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

const unsettled = (path: string, what: string): CoxswainError =>
  new CoxswainError('load-failed', `the inventory ${path} cannot be loaded: ${what} never settles`, {
    place: { file: path },
    hint: `check the awaits of ${path} and of the files that it imports`,
  })

/** The value of the default export of a module, or the result of its function. */
const exported = async (path: string): Promise<unknown> => {
  const module: Readonly<Record<string, unknown>> = await settled(
    import(pathToFileURL(resolve(path)).href),
    () => unsettled(path, 'an await at its top level'),
  )
  const found = module['default']
  const work: unknown = typeof found === 'function' ? found() : found
  return settled(work, () => unsettled(path, 'the promise that it exports, or that its function returns,'))
}

/** The same within some seconds, with errors that have the place. */
const exportedIn = async (path: string, seconds: number): Promise<unknown> => {
  try {
    return await limited(path, exported(path), seconds)
  } catch (error) {
    if (isCoxswainError(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new CoxswainError('load-failed', `the inventory ${path} cannot be loaded: ${message}`, {
      cause: error,
      place: authorsPlace(error) ?? { file: path },
      hint: 'fix it at the place shown',
    })
  }
}

const invalidExport = (path: string, found: unknown, issue: z.core.$ZodIssue | undefined): CoxswainError => {
  if (found === undefined) {
    return new CoxswainError('load-failed', `${path} does not export an inventory`, {
      place: { file: path },
      hint: 'add `export default defineInventory(…)`, or move a module that is not an inventory to another folder',
    })
  }
  const where = issue?.path.map(String).join('.') ?? ''
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const known = issue?.path.length === 0 ? Object.keys(spec.shape) : Object.keys(group.shape)
  const guess = keys.map((key) => nearest(key, known)).find((name) => name !== undefined)
  return new CoxswainError(
    'inventory-invalid',
    `${where === '' ? 'the inventory' : where}: ${issue?.message ?? 'is invalid'}`,
    {
      place: { file: path },
      hint:
        guess === undefined
          ? 'an inventory has vars, hosts and groups; a group has hosts, children and vars'
          : `did you mean ${guess}?`,
    },
  )
}

/**
 * Reads an inventory module: its default export is an inventory (see `defineInventory`), or a function that returns one.
 * The loader for TypeScript must be registered.
 *
 * @throws `load-failed` if it cannot be loaded, never settles or times out; `inventory-invalid` for another value.
 */
export const readModule = async (
  draft: InventoryDraft,
  path: string,
  seconds: number = moduleTimeout,
): Promise<void> => {
  const found = await exportedIn(path, seconds)
  const parsed = spec.safeParse(found)
  if (!parsed.success) throw invalidExport(path, found, parsed.error.issues[0])
  const place: Place = { file: path }
  const addHosts = (list: z.output<typeof hosts>, into: string | undefined): void => {
    for (const { name: word, vars } of list) {
      const { names, port } = readHostWord(word, place)
      for (const name of names) {
        draft.host(name, into, port)
        for (const [key, value] of Object.entries(vars)) draft.hostVariable(name, key, { value, place })
      }
    }
  }
  const { vars = {}, hosts: alone = [], groups = {} } = parsed.data
  for (const [key, value] of Object.entries(vars)) draft.groupVariable('all', key, { value, place })
  addHosts(alone, undefined)
  for (const [name, about] of Object.entries(groups)) {
    checkGroupName(draft, name, place)
    draft.group(name, place)
    addHosts(about?.hosts ?? [], name)
    for (const child of about?.children ?? []) draft.child(name, child, place)
    for (const [key, value] of Object.entries(about?.vars ?? {}))
      draft.groupVariable(name, key, { value, place })
  }
}
