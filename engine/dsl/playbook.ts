import type { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import type { Host } from '../inventory/types.ts'
import { listedVariables, validateAll, variablesOf } from '../inventory/variables/validate.ts'
import { settingNames } from '../inventory/variables/setting-names.ts'
import { checkOptions, schemaKind, textKind, functionKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { playKinds } from './play.ts'
import type { Play, PlayContext, PlaybookHost, PlayMaker, PlaySpec } from './play.ts'
import type { Step } from './step.ts'
import { handlersOf } from './handlers-of.ts'
import { namesDeclared } from './schema.ts'
import { strictVariables } from './strict-variables.ts'
import type { Task } from './types.ts'

const brand = Symbol.for('coxswain.playbook')

/** What an author writes of a playbook. */
export interface PlaybookSpec<Schema extends z.ZodType> {
  /** Its name, as a run and the journal show it. */
  readonly name: string
  /** One sentence for listings. */
  readonly description?: string
  /**
   * Schema of the variables that the plays read; the variables of every host are checked against it before anything
   * connects.
   */
  readonly vars: Schema
  /**
   * Throws for an inventory that the plays cannot take, such as hosts that contradict each other. Called once, before anything
   * connects.
   */
  readonly requires?: (ctx: Pick<PlayContext<z.output<Schema>>, 'group'>) => void
  /** Its plays and included playbooks; the plays of an included playbook read its own variables. */
  readonly plays: (make: {
    /** Makes a play that reads the variables of `vars`. */
    readonly play: PlayMaker<z.output<Schema>>
  }) => readonly (Play<z.output<Schema>> | Playbook)[]
}

/** The options of a playbook. */
const playbookKinds: Kinds<PlaybookSpec<z.ZodType>> = {
  name: textKind,
  description: textKind,
  vars: { ...schemaKind, hint: 'it is a schema: z.object({ … }), and z.object({}) for none' },
  requires: functionKind('write requires: ({ group }) => { … }'),
  plays: functionKind('write plays: ({ play }) => [ … ]'),
}

/** A host with its merged variables from the inventory, before the playbook's schema is applied. */
export interface RawHost extends Pick<Host, 'name' | 'groups' | 'variables'> {
  readonly address: string
  /** The folder of the inventory file that first names it. */
  readonly inventoryFolder?: string | undefined
  /** Secrets stay encrypted: the host is only listed. */
  readonly listed?: true
}

/** The argument with which the engine calls `tasks` of a play. */
export interface RawContext {
  readonly host: RawHost
  readonly group: (name: string) => readonly RawHost[]
}

/** A play without a type parameter: it takes raw variables and applies the schema itself. */
export interface SealedPlay extends Omit<PlaySpec<unknown>, 'tasks' | 'handlers'> {
  readonly name: string
  /** Schema of the variables that it reads. */
  readonly vars: z.ZodType
  readonly tasks: (ctx: RawContext) => readonly Step[]
  readonly handlers: (ctx: RawContext) => Readonly<Record<string, Task>>
}

/** What a playbook requires of an inventory, without a type parameter. */
type Requirement = (ctx: Pick<RawContext, 'group'>) => void

/** Variables and a list of plays. */
export interface Playbook {
  readonly [brand]: true
  /** Its name, as a run and the journal show it. */
  readonly name: string
  /** One sentence for listings. */
  readonly description: string | undefined
  /** The schema of the variables that its plays read. */
  readonly vars: z.ZodType
  /** What it requires of the inventory, and what the playbooks require that it includes. */
  readonly requires: readonly Requirement[]
  /** Its plays, and those of the playbooks that it includes, in the order in which they run. */
  readonly plays: readonly SealedPlay[]
}

const sealer = <Schema extends z.ZodType>(schema: Schema) => {
  const seen = new WeakMap<RawHost, PlaybookHost<z.output<Schema>>>()
  const typed = (raw: RawHost): PlaybookHost<z.output<Schema>> => {
    const known = seen.get(raw)
    if (known !== undefined) return known
    const { name, groups, inventoryFolder } = raw
    const vars = strictVariables(schema, (raw.listed ? listedVariables : variablesOf)(schema, raw))
    const host = {
      name,
      groups,
      inventoryFolder,
      vars,
      // reading it can fail, if the address in the inventory is not valid
      get address() {
        return raw.address
      },
    }
    seen.set(raw, host)
    return host
  }
  const groups = ({ group }: Pick<RawContext, 'group'>): Pick<PlayContext<z.output<Schema>>, 'group'> => ({
    group: (name) => {
      const hosts = group(name)
      // a group can have hosts that are in no play: all errors of their variables are reported together
      validateAll(
        schema,
        hosts.filter((one) => !seen.has(one) && one.listed !== true),
      )
      return hosts.map(typed)
    },
  })
  const context = (raw: RawContext): PlayContext<z.output<Schema>> => {
    const host = typed(raw.host)
    return { host, vars: host.vars, ...groups(raw) }
  }
  const play = (spec: Play<z.output<Schema>>): SealedPlay => {
    const { name } = spec
    return Object.freeze({
      ...spec,
      vars: schema,
      tasks: (raw: RawContext) => spec.tasks(context(raw)),
      handlers: (raw: RawContext) => handlersOf(`play "${name}"`, spec.handlers?.(context(raw)) ?? {}),
    })
  }
  return { play, groups }
}

/**
 * Refuses variables with the name of a connection variable: a value for the connection would reach the playbook, and
 * vice versa.
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
 * Defines a playbook, the default export of its file.
 *
 * @throws `playbook-invalid` for unknown options, and for variables with the name of a connection variable.
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
  checkOptions(`playbook ${spec.name}`, spec, playbookKinds, ['name', 'vars', 'plays'])
  refuseConnectionNames(spec.name, spec.vars)
  const sealed = sealer(spec.vars)
  const { requires } = spec
  const play: PlayMaker<z.output<Schema>> = (name, options) => {
    // checked here, so that the error has the line of the play
    checkOptions(`play "${name}"`, options, playKinds, ['hosts', 'tasks'])
    return { name, ...options }
  }
  const plays = spec.plays({ play })
  return Object.freeze({
    [brand]: true as const,
    name: spec.name,
    description: spec.description,
    vars: spec.vars,
    requires: Object.freeze([
      ...(requires === undefined ? [] : [(raw: Pick<RawContext, 'group'>) => requires(sealed.groups(raw))]),
      ...plays.flatMap((item) => (isPlaybook(item) ? item.requires : [])),
    ]),
    plays: Object.freeze(plays.flatMap((item) => (isPlaybook(item) ? item.plays : [sealed.play(item)]))),
  })
}

/** The schemas of all variables that a playbook reads: its own, and those of the playbooks that it includes. */
export const schemasOf = ({ vars, plays }: Playbook): readonly z.ZodType[] => [
  ...new Set([vars, ...plays.map((play) => play.vars)]),
]

export const isPlaybook = (value: unknown): value is Playbook =>
  typeof value === 'object' && value !== null && brand in value
