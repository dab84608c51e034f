import type { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import type { Host } from '../inventory/types.ts'
import { listedVariables, validateAll, variablesOf } from '../inventory/variables/validate.ts'
import { settingNames } from '../inventory/variables/settings.ts'
import { checkOptions, schemaKind, textKind, functionKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { playKinds } from './play.ts'
import type { Play, PlayContext, PlaybookHost, PlayMaker, PlaySpec } from './play.ts'
import type { Step } from './step.ts'
import { namesDeclared } from './schema.ts'
import { strictVariables } from './strict-variables.ts'
import { isTask } from './task.ts'
import type { Task } from './types.ts'

const brand = Symbol.for('coxswain.playbook')

export interface PlaybookSpec<Schema extends z.ZodType> {
  readonly name: string
  /** One sentence for listings. */
  readonly description?: string
  /** Schema of the variables that the plays read; every host's are checked against it before anything connects. */
  readonly vars: Schema
  /** Its plays, and other playbooks whose plays come in their place; these keep their own variables. */
  readonly plays: (make: {
    readonly play: PlayMaker<z.output<Schema>>
  }) => readonly (Play<z.output<Schema>> | Playbook)[]
}

/** What a playbook may say. */
const playbookKinds: Kinds<PlaybookSpec<z.ZodType>> = {
  name: textKind,
  description: textKind,
  vars: schemaKind,
  plays: functionKind('write plays: ({ play }) => [ … ]'),
}

/** A host with its merged variables as the inventory has them, before the playbook's schema. */
export interface RawHost extends Pick<Host, 'name' | 'groups' | 'variables'> {
  readonly address: string
  /** Nothing of it is opened: only for a listing, which shows no secret. */
  readonly listed?: true
}

/** What the engine knows when it asks a play for its tasks. */
export interface RawContext {
  readonly host: RawHost
  readonly group: (name: string) => readonly RawHost[]
}

/** A play whose type of variables is sealed in: it takes raw variables and reads them through the schema itself. */
export interface SealedPlay extends Omit<PlaySpec<unknown>, 'tasks' | 'handlers'> {
  readonly name: string
  /** Schema of the variables that it reads. */
  readonly vars: z.ZodType
  readonly tasks: (ctx: RawContext) => readonly Step[]
  readonly handlers: (ctx: RawContext) => Readonly<Record<string, Task>>
}

/** Variables and a list of plays. */
export interface Playbook {
  readonly [brand]: true
  readonly name: string
  readonly description: string | undefined
  readonly vars: z.ZodType
  readonly plays: readonly SealedPlay[]
}

/** @throws `playbook-invalid` for a handler that is no task, such as one that was not called. */
const handlersOf = (play: string, handlers: Readonly<Record<string, Task>>): typeof handlers => {
  const wrong = Object.entries(handlers).find(([, task]) => !isTask(task))
  if (wrong === undefined) return handlers
  throw new CoxswainError('playbook-invalid', `play "${play}": the handler ${wrong[0]} is no task`, {
    hint: 'each handler is one task with its parameters: restart: service({ … })',
  })
}

const sealer = <Schema extends z.ZodType>(schema: Schema) => {
  const seen = new WeakMap<RawHost, PlaybookHost<z.output<Schema>>>()
  const typed = (raw: RawHost): PlaybookHost<z.output<Schema>> => {
    const known = seen.get(raw)
    if (known !== undefined) return known
    const { name, groups } = raw
    const vars = strictVariables(schema, (raw.listed ? listedVariables : variablesOf)(schema, raw))
    const host = {
      name,
      groups,
      vars,
      // reading it may fail, where the inventory's is of no use
      get address() {
        return raw.address
      },
    }
    seen.set(raw, host)
    return host
  }
  const context = ({ host: raw, group }: RawContext): PlayContext<z.output<Schema>> => {
    const host = typed(raw)
    return {
      host,
      vars: host.vars,
      group: (name) => {
        const hosts = group(name)
        // a group may hold hosts that no play touches: all that is wrong with them is told at once
        validateAll(
          schema,
          hosts.filter((one) => !seen.has(one) && one.listed !== true),
        )
        return hosts.map(typed)
      },
    }
  }
  return (play: Play<z.output<Schema>>): SealedPlay => {
    const { name } = play
    return Object.freeze({
      ...play,
      vars: schema,
      tasks: (raw: RawContext) => play.tasks(context(raw)),
      handlers: (raw: RawContext) => handlersOf(name, play.handlers?.(context(raw)) ?? {}),
    })
  }
}

/**
 * Refuses variables that are named like those that say how to reach a host: what an inventory sets for the connection
 * would reach the playbook, and the other way round.
 */
const refuseConnectionNames = (playbook: string, schema: z.ZodType): void => {
  const names = namesDeclared(schema)
  const taken = settingNames.find((name) => names.has(name))
  if (taken === undefined) return
  throw new CoxswainError('playbook-invalid', `playbook ${playbook}: ${taken} is a connection variable`, {
    hint: `Coxswain reads ${taken} to connect to the host; give the variable of the playbook another name, such as app_${taken}`,
  })
}

/**
 * A playbook, the default export of its file.
 *
 * @throws `playbook-invalid` for options that do not exist, and for variables named like connection variables.
 * @example
 * export default playbook({
 *   name: 'motd',
 *   vars: z.object({ greeting: z.string().default('hello') }),
 *   plays: ({ play }) => [
 *     play('greet', { hosts: 'all', become: true, tasks: ({ vars }) => [file({ path: '/etc/motd', content: vars.greeting })] }),
 *   ],
 * })
 */
export const playbook = <Schema extends z.ZodType>(spec: PlaybookSpec<Schema>): Playbook => {
  checkOptions(`playbook ${spec.name}`, spec, playbookKinds)
  refuseConnectionNames(spec.name, spec.vars)
  const seal = sealer(spec.vars)
  const play: PlayMaker<z.output<Schema>> = (name, options) => {
    // here, so that the error has the line of the play
    checkOptions(`play "${name}"`, options, playKinds)
    return { name, ...options }
  }
  const plays = spec.plays({ play })
  return Object.freeze({
    [brand]: true as const,
    name: spec.name,
    description: spec.description,
    vars: spec.vars,
    plays: Object.freeze(plays.flatMap((item) => (isPlaybook(item) ? item.plays : [seal(item)]))),
  })
}

/** The schemas of all variables that a playbook reads: its own, and those of the playbooks that it includes. */
export const schemasOf = ({ vars, plays }: Playbook): readonly z.ZodType[] => [
  ...new Set([vars, ...plays.map((play) => play.vars)]),
]

export const isPlaybook = (value: unknown): value is Playbook =>
  typeof value === 'object' && value !== null && brand in value
