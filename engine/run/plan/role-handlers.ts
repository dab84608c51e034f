/** Handlers of the roles that a host uses in a play. */
import type { Handlers } from '../../dsl/handler-names.ts'
import type { RoleStep } from '../../dsl/step.ts'
import type { Task } from '../../dsl/types.ts'
import { canonical } from '../journal/signature.ts'
import { notifier, planHandlers } from './handlers.ts'
import type { PlannedTask } from './planned-steps.ts'
import { digest } from './role-labels.ts'
import { RoleUses } from './role-uses.ts'
import type { Settings } from './settings.ts'

/** Returns the names of the handlers that a task of a role notifies. */
type Notifies = (task: Task) => readonly string[]

/** The settings that decide how its handlers act. */
const deciding = ({ become, on, env, cwd }: Settings): readonly unknown[] => [become, on, env, cwd]

const keyOf = ({ params }: RoleStep, settings: Settings): string => canonical([params, ...deciding(settings)])

/** What names a use: its own label, and the settings of its steps. */
interface Named {
  readonly label: string
  readonly settings: Settings
}

/**
 * The handlers of roles on one host in one play. A role that is used twice with the same parameters has them once; with other parameters,
 * each use has its own, named by its label: `nginx: reload`, `nginx 3fa2c1: reload`. A later run that resumes this one knows what is due by
 * these names, so they must not depend on which values a host answers first: the uses in the list of the play have theirs in its order, and
 * those that are made from values have the number of their settings in it, unless these are those of the play. Uses that are made by
 * different steps, and differ in secrets alone, are numbered as they come.
 */
export class RoleHandlers {
  readonly #play: string
  /** The settings of the play. */
  readonly #usual: Settings
  readonly #uses: RoleUses
  /** The position of the step that made these; undefined for those of the list of the play. */
  readonly #maker: number | undefined
  readonly #known = new Map<string, Notifies>()
  readonly #planned: PlannedTask[] = []

  constructor(play: string, usual: Settings, uses = new RoleUses(play), maker?: number) {
    this.#play = play
    this.#usual = usual
    this.#uses = uses
    this.#maker = maker
  }

  /** The handlers of all roles that were used so far. Their positions are among themselves. */
  get planned(): readonly PlannedTask[] {
    return this.#planned
  }

  /** The handlers of what a step makes from values: it can be made before its turn, and again, with other values. */
  madeBy({ position }: Pick<PlannedTask, 'position'>): RoleHandlers {
    this.#uses.forget(position)
    return new RoleHandlers(this.#play, this.#usual, this.#uses, position)
  }

  /**
   * Adds a role whose handlers are not known yet, and returns the name of its use.
   *
   * @throws `playbook-invalid` if another role has the name.
   */
  name(role: RoleStep, { label, settings }: Named): string {
    const isUsual = canonical(deciding(settings)) === canonical(deciding(this.#usual))
    const full = this.#maker === undefined || isUsual ? label : `${label} ${digest(deciding(settings))}`
    return this.#uses.label(role, { key: keyOf(role, settings), label: full }, this.#maker)
  }

  /**
   * Adds the handlers of a role, and returns the names of those that a task of the role notifies.
   *
   * @param label the name of its use.
   * @throws `playbook-invalid` where a task notifies a handler that the role does not have, and for two roles of one name.
   */
  use(role: RoleStep, { label, handlers, settings }: Named & { readonly handlers: Handlers }): Notifies {
    const { name } = role
    const own = this.name(role, { label, settings })
    const known = this.#known.get(own)
    if (known !== undefined) return known
    const shown = (handler: string): string => `${own}: ${handler}`
    const its = notifier(`play "${this.#play}": role ${name}`, handlers, 'role')
    const notifies: Notifies = (task) => its(task).map(shown)
    this.#known.set(own, notifies)
    // they run after the play's own handlers, in the order of the roles
    for (const planned of planHandlers(handlers, notifies, { settings, from: this.#planned.length }))
      this.#planned.push({ ...planned, handler: shown(planned.handler ?? '') })
    return notifies
  }
}
