/** Handlers of the roles that a host uses in a play. */
import type { Handlers } from '../../dsl/handler-names.ts'
import type { RoleStep } from '../../dsl/step.ts'
import type { Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import { canonical } from '../journal/signature.ts'
import { notifier, planHandlers } from './handlers.ts'
import type { PlannedTask } from './planned-steps.ts'
import type { Settings } from './settings.ts'

interface Use {
  readonly role: RoleStep
  /** The parameters, and what else decides how the handlers act. It contains secrets. */
  readonly key: string
  readonly label: string
  readonly notifies: (task: Task) => readonly string[]
}

const keyOf = ({ params }: RoleStep, { become, on, env, cwd }: Settings): string =>
  canonical([params, become, on, env, cwd])

/**
 * The handlers of roles on one host in one play. A role that is used twice with the same parameters has them once; with other parameters,
 * each use has its own, named by its label: `nginx: reload`, `nginx 3fa2c1: reload`.
 */
export class RoleHandlers {
  readonly #play: string
  readonly #uses: Use[] = []
  readonly #planned: PlannedTask[] = []

  constructor(play: string) {
    this.#play = play
  }

  /** The handlers of all roles that were used so far. Their positions are among themselves. */
  get planned(): readonly PlannedTask[] {
    return this.#planned
  }

  /**
   * Adds the handlers of a role, and returns the names of those that a task of the role notifies.
   *
   * @param label the name of its use.
   * @throws `playbook-invalid` where a task notifies a handler that the role does not have, and for two roles of one name.
   */
  use(
    role: RoleStep,
    {
      label,
      handlers,
      settings,
    }: { readonly label: string; readonly handlers: Handlers; readonly settings: Settings },
  ): Use['notifies'] {
    const { name } = role
    const key = keyOf(role, settings)
    const same = this.#uses.filter((use) => use.role.name === name)
    if (same.some((use) => use.role.definition !== role.definition))
      throw new CoxswainError('playbook-invalid', `play "${this.#play}": two roles are named ${name}`, {
        place: role.place(),
        hint: 'their handlers would have the same names: give one of them another name',
      })
    const known = same.find((use) => use.key === key)
    if (known !== undefined) return known.notifies
    // uses that differ in secrets or users alone
    const alike = same.filter((use) => use.label === label || use.label.startsWith(`${label}-`)).length
    const own = alike === 0 ? label : `${label}-${alike + 1}`
    const shown = (handler: string): string => `${own}: ${handler}`
    const its = notifier(`play "${this.#play}": role ${name}`, handlers, 'role')
    const notifies = (task: Task): readonly string[] => its(task).map(shown)
    this.#uses.push({ role, key, label: own, notifies })
    // they run after the play's own handlers, in the order of the roles
    for (const planned of planHandlers(handlers, notifies, { settings, from: this.#planned.length }))
      this.#planned.push({ ...planned, handler: shown(planned.handler ?? '') })
    return notifies
  }
}
