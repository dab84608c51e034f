/** Inventories that are TypeScript or JavaScript modules. */
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

/** Seconds that a module may take to say what there is. */
const moduleTimeout = 120

const limited = async (path: string, work: unknown, seconds: number): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new CoxswainError('load-failed', `the inventory ${path} was not there within ${seconds} s`, {
            place: { file: path },
            hint: 'see what it waits for',
          }),
        ),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** What the module's default export gives. */
const exported = async (path: string, seconds: number): Promise<unknown> => {
  try {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(path)).href)
    const found = module['default']
    const work: unknown = typeof found === 'function' ? found() : found
    return await limited(path, work, seconds)
  } catch (error) {
    if (isCoxswainError(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new CoxswainError('load-failed', `the inventory ${path} cannot be loaded: ${message}`, {
      cause: error,
      place: authorsPlace(error) ?? { file: path },
      hint: 'correct it at the place shown',
    })
  }
}

const complaint = (path: string, found: unknown, issue: z.core.$ZodIssue | undefined): CoxswainError => {
  if (found === undefined) {
    return new CoxswainError('load-failed', `${path} exports no inventory`, {
      place: { file: path },
      hint: 'end it with `export default defineInventory(…)`; a module that is none belongs into another folder',
    })
  }
  const where = issue?.path.map(String).join('.') ?? ''
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const known = issue?.path.length === 0 ? Object.keys(spec.shape) : Object.keys(group.shape)
  const guess = keys.map((key) => nearest(key, known)).find((name) => name !== undefined)
  return new CoxswainError(
    'inventory-invalid',
    `${where === '' ? 'the inventory' : where}: ${issue?.message ?? 'makes no sense'}`,
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
 * Reads an inventory module: its default export is an inventory (see `defineInventory`), or a function that gives one.
 * The loader for TypeScript must be registered before.
 *
 * @throws `load-failed` when it cannot be loaded or takes too long; `inventory-invalid` when it gives something else.
 */
export const readModule = async (
  draft: InventoryDraft,
  path: string,
  seconds: number = moduleTimeout,
): Promise<void> => {
  const found = await exported(path, seconds)
  const parsed = spec.safeParse(found)
  if (!parsed.success) throw complaint(path, found, parsed.error.issues[0])
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
