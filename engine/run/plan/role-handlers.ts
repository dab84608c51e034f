/** Handlers of the roles that a host uses in a play. */
import { isDeepStrictEqual } from 'node:util'
import type { Handlers } from '../../dsl/handler-names.ts'
import type { RoleStep } from '../../dsl/step.ts'
import type { Task } from '../../dsl/types.ts'
import { notifier, planHandlers } from './handlers.ts'
import type { PlannedTask } from './planned-steps.ts'
import type { Settings } from './settings.ts'

interface Use {
  readonly name: string
  readonly params: unknown
  readonly acting: readonly unknown[]
  readonly notifies: (task: Task) => readonly string[]
}

/** What decides how the handlers of a role act, beside its parameters. */
const actingOf = ({ become, on, env, cwd }: Settings): readonly unknown[] => [become, on, env, cwd]

/**
 * The handlers of roles on one host in one play. A role that is used twice with the same parameters has them once; with other parameters,
 * they are numbered: `nginx: reload`, `nginx 2: reload`.
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
   * @throws `playbook-invalid` where a task notifies a handler that the role does not have.
   */
  use({ name, params }: RoleStep, handlers: Handlers, settings: Settings): Use['notifies'] {
    const acting = actingOf(settings)
    const same = this.#uses.filter((use) => use.name === name)
    const known = same.find((use) => isDeepStrictEqual([use.params, use.acting], [params, acting]))
    if (known !== undefined) return known.notifies
    const label = same.length === 0 ? name : `${name} ${same.length + 1}`
    const shown = (handler: string): string => `${label}: ${handler}`
    const its = notifier(`play "${this.#play}": role ${name}`, handlers, 'role')
    const notifies = (task: Task): readonly string[] => its(task).map(shown)
    this.#uses.push({ name, params, acting, notifies })
    // they run after the play's own handlers, in the order of the roles
    for (const planned of planHandlers(handlers, notifies, { settings, from: this.#planned.length }))
      this.#planned.push({ ...planned, handler: shown(planned.handler ?? '') })
    return notifies
  }
}
