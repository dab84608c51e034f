/** What a play may say about a task or a block, whatever it is. */
import type { CheckContext, WhenContext } from './context.ts'
import type { Selector } from './select.ts'

/** How often, and when, to try a task again that has failed. */
export interface Retry {
  /** Attempts in all, from 2. */
  readonly attempts: number
  /** Seconds before the second attempt; 1 unless told. */
  readonly delay?: number
  /** What the delay is multiplied with after each attempt; 1 unless told. */
  readonly backoff?: number
  /** What must hold after an attempt that went well; it counts as failed while this gives false. It only reads. */
  readonly until?: (ctx: CheckContext) => boolean | Promise<boolean>
}

/** What can be said of a task and of a block alike. A block's tasks take it over where they do not say it themselves. */
export interface StepOptions {
  /** Shown instead of the task's own title. */
  readonly title?: string
  /**
   * Skips it on this host unless it gives true. It only reads. A block's is asked once, before its first task.
   *
   * @example
   * const config = template({ … })
   * [config, command({ run: 'reindex' }, { when: ({ changed }) => changed(config) })]
   */
  readonly when?: (ctx: WhenContext) => boolean | Promise<boolean>
  /** Words to choose it by with `--tags` and `--skip-tags`; those of what is around it count too. */
  readonly tags?: string | readonly string[]
  /** Another user than the play's: a name, true for root, or false for the login user. */
  readonly become?: boolean | string
  /** Does it on another host, which must be exactly one, on behalf of this one. */
  readonly on?: Selector
  /** Environment variables of its commands. Not for secrets: others on the host may read them. */
  readonly env?: Readonly<Record<string, string>>
  /** Working directory of its commands. */
  readonly cwd?: string
  /** Goes on with the next task when it fails. A host that cannot be reached is not passed over. */
  readonly ignoreErrors?: boolean
  /**
   * Does it once for all hosts, on the first where its condition holds: once in the whole play (`run`), or once in each
   * batch of a play with `serial` (`batch`).
   */
  readonly oncePer?: 'run' | 'batch'
}

/** What a play may say about one task. */
export interface TaskOptions extends StepOptions {
  /** Handlers of this play, by name or by a topic that they listen to, to run when the task changed something. */
  readonly notify?: string | readonly string[]
  /** Of a handler: topics that it runs for, beside its name. */
  readonly listen?: string | readonly string[]
  /** Seconds for the task as a whole; with `retry`, for each attempt. */
  readonly timeout?: number
  /** Tries again when it fails. What may have been done is looked at first: by the task's own check. */
  readonly retry?: Retry
}

/**
 * Options all of whose names are known. A compiler alone looks for unknown names in literals, not in what a variable or a
 * spread brings.
 */
export type Exact<Options, Known> = Options & {
  readonly [Name in Exclude<keyof Options, keyof Known>]: never
}

/** One word or several, as a list. */
export const listed = (words: string | readonly string[] | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words
