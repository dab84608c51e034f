/** The uses of roles on one host in one play: which roles they are, and the names of their handlers. */
import type { RoleStep } from '../../dsl/step.ts'
import { CoxswainError } from '../../errors.ts'

/** One use. */
interface Use {
  readonly name: string
  readonly definition: object
  /** Its parameters, and what else decides how its handlers act. It contains secrets. */
  readonly key: string
  readonly label: string
  /** The position of the step that made it; undefined for the list of the play. */
  readonly maker: number | undefined
}

/** All uses of roles, those that steps make from values included. */
export class RoleUses {
  readonly #play: string
  #uses: Use[] = []

  constructor(play: string) {
    this.#play = play
  }

  /** Forgets what a step made before: it can be made again, with other values. */
  forget(maker: number): void {
    this.#uses = this.#uses.filter((use) => use.maker !== maker)
  }

  /**
   * Adds a use, and returns its label, which no other use has that differs in parameters, secrets or users.
   *
   * @param label the one that it has if no other use has it.
   * @throws `playbook-invalid` if another role has the name.
   */
  label(
    role: RoleStep,
    { key, label }: { readonly key: string; readonly label: string },
    maker: number | undefined,
  ): string {
    this.#refuseOther(role)
    const { name, definition } = role
    const known = this.#uses.find((use) => use.name === name && use.key === key)
    const own = known?.label ?? this.#free(label)
    this.#uses.push({ name, definition, key, label: own, maker })
    return own
  }

  #refuseOther({ name, definition, place }: RoleStep): void {
    if (this.#uses.every((use) => use.name !== name || use.definition === definition)) return
    throw new CoxswainError('playbook-invalid', `play "${this.#play}": two roles are named ${name}`, {
      place: place(),
      hint: 'their handlers would have the same names: give one of them another name',
    })
  }

  #free(label: string): string {
    const taken = new Set(this.#uses.map((use) => use.label))
    if (!taken.has(label)) return label
    let number = 2
    while (taken.has(`${label}-${number}`)) number += 1
    return `${label}-${number}`
  }
}
