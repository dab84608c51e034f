import { posix } from 'node:path'
import type { Task } from '../dsl/types.ts'
import type { Writing } from '../dsl/writing.ts'

/** What tasks would create on a host, under `--check`. */
export class Predicted {
  readonly #folders = new Set<string>()
  readonly #accounts = new Set<string>()

  /** Records what a task would create. */
  add(task: Task): void {
    for (const what of task.makes()) this.#accounts.add(what)
    for (const { path, as } of task.writes()) {
      if (as !== 'folder') continue
      for (let at = posix.resolve(path); at !== '/'; at = posix.dirname(at)) this.#folders.add(at)
    }
  }

  /** Whether a task would create this, such as `the user deploy`. */
  has(what: string): boolean {
    return this.#accounts.has(what)
  }

  /** The part of a change to check on the host: what would be created counts as existing. */
  left({ path, as, owner, group, follow }: Writing): Writing {
    const own = posix.resolve(path)
    // `/` always exists
    const made = this.#folders.has(posix.dirname(own)) || this.#folders.has(own)
    return {
      ...(made ? { path: '/', as: 'attributes' } : { path, as, follow }),
      owner: owner !== undefined && this.has(`the user ${owner}`) ? undefined : owner,
      group: group !== undefined && this.has(`the group ${group}`) ? undefined : group,
    }
  }
}
