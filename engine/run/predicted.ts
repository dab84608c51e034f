import { posix } from 'node:path'
import type { Task } from '../dsl/types.ts'
import type { Writing } from '../dsl/writing.ts'

/** What tasks would have made on a host, had this not been `--check`. */
export class Predicted {
  readonly #folders = new Set<string>()
  readonly #accounts = new Set<string>()

  /** Notes what a task would have made. */
  add(task: Task): void {
    for (const what of task.makes()) this.#accounts.add(what)
    for (const { path, as } of task.writes()) {
      if (as !== 'folder') continue
      for (let at = posix.resolve(path); at !== '/'; at = posix.dirname(at)) this.#folders.add(at)
    }
  }

  /** Whether a task would have made this, such as `the user deploy`. */
  has(what: string): boolean {
    return this.#accounts.has(what)
  }

  /** What is to be asked of the host about a change: what would have been made counts as there. */
  left({ path, as, owner, group, follow }: Writing): Writing {
    const own = posix.resolve(path)
    // what is at `/` is there
    const made = this.#folders.has(posix.dirname(own)) || this.#folders.has(own)
    return {
      ...(made ? { path: '/', as: 'attributes' } : { path, as, follow }),
      owner: owner !== undefined && this.has(`the user ${owner}`) ? undefined : owner,
      group: group !== undefined && this.has(`the group ${group}`) ? undefined : group,
    }
  }
}
