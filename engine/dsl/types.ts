/** The types of the DSL that name each other: tasks, the contexts that they work with, options, and selectors of hosts. */
import type { Place } from '../errors.ts'
import type { Remote, RemoteReader } from '../remote/types.ts'
import type { Outcome } from './outcome.ts'
import type { Verdict } from './verdict.ts'
import type { Writing } from './writing.ts'

/** Marks tasks, also those of another copy of the engine. */
export const taskBrand = Symbol.for('coxswain.task')

/** Marks picks and what is made of them. */
export const selectorBrand = Symbol.for('coxswain.selector')

/** How long to ask a check again until it says ok. */
export interface WaitOptions {
  /** Seconds until waiting fails with `wait-timeout`. */
  readonly timeout: number
  /** Seconds between two looks. */
  readonly every: number
}

/** A definition with its parameters: frozen plain data, the same whenever the same is asked for. */
export interface Task<Value = unknown> {
  readonly [taskBrand]: true
  readonly name: string
  readonly title: string
  readonly params: unknown
  readonly options: TaskOptions
  readonly check: ((ctx: CheckContext) => Promise<Verdict<Value>>) | undefined
  readonly apply: ((ctx: ApplyContext) => Promise<unknown>) | undefined
  readonly until: WaitOptions | undefined
  /** Whether an `ok` of the check is no proof that an apply came to its end. */
  readonly guards: boolean
  /** Reads what it needs on this machine. */
  readonly needs: (() => Promise<unknown>) | undefined
  /** Whether it brings files that only it knows. */
  readonly brings: boolean
  /** What its apply writes on the host. */
  readonly writes: () => readonly Writing[]
  /** Users and groups that its apply makes. */
  readonly makes: () => readonly string[]
  /** Whether its apply changes the host. */
  readonly changes: boolean
  /** Where it stands in an author's file; undefined where none made it. */
  readonly place: () => Place | undefined
  /** Where its definition stands in an author's file; undefined for tasks that come with Coxswain. */
  readonly definedAt: () => Place | undefined
  /** What it does, as source text, and the file of its definition; without a file it comes with the engine. */
  readonly definition: () => { readonly source: string; readonly file: string | undefined }
  /** Paths on this machine whose content it brings to a host. */
  readonly sends: readonly string[]
}

/**
 * A host chosen at run time: the first for which a probe says ok, in the order of the pattern. Probes are tried in
 * their order of preference; when no host satisfies any of them, it is the pattern's first host.
 */
export interface Pick {
  readonly [selectorBrand]: 'pick'
  readonly name: string
  readonly hosts: string
  readonly prefer: readonly Task[]
  /** The user whose eyes the probes look through; root by default. */
  readonly become: boolean
}

/** The hosts of a pattern without the one that a pick gives. */
export interface Except {
  readonly [selectorBrand]: 'except'
  readonly hosts: string
  readonly pick: Pick
}

/** Which hosts: a pattern, or a choice made at run time. */
export type Selector = string | Pick | Except

/** The host that a task works on, as tasks see it: no variables, for only playbooks read variables. */
export interface HostIdentity {
  readonly name: string
  /** All its groups, `all` first. */
  readonly groups: readonly string[]
  /** The address that it is reached at. */
  readonly address: string
}

/** What a check may use. Everything here only reads. */
export interface CheckContext {
  readonly host: HostIdentity
  readonly remote: RemoteReader
  /** A fact's value on this host: read once in a run, then remembered. */
  readonly fact: <Value>(task: Task<Value>) => Promise<Value>
  /** Another host's context. The selector must name exactly one host. */
  readonly on: (selector: Selector) => Promise<CheckContext>
  /** Names of the hosts that a selector gives. */
  readonly hostsOf: (selector: Selector) => Promise<readonly string[]>
  /**
   * Makes a value once in a run, whichever host asks first; the others wait for it and get the same.
   * A failed attempt is not remembered. What a check makes so must only be read from somewhere.
   */
  readonly once: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>
  /**
   * Notes that something is not on the host, such as `the service nginx`, where a command found that out. Under `--check` an `ok`
   * that rests on it is unknown when an earlier task may bring it. Files that `remote` does not find are noted by themselves.
   */
  readonly absent: (what: string) => void
  /** Whether an earlier task of this run would have made something, such as `the group deploy`, had this not been `--check`. */
  readonly predicted: (what: string) => boolean
  /** Aborted when the run is interrupted or the task is out of time. */
  readonly signal: AbortSignal
}

/** What a condition (`when`) may use: also how the tasks before it went. */
export interface WhenContext extends CheckContext {
  /** How a task of the same play ended on this host; undefined when it has not run there, or not yet. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Whether a task of the same play changed something on this host; under `--check`, whether it would. */
  readonly changed: (task: Task) => boolean
}

/** What an apply may use. */
export interface ApplyContext extends CheckContext {
  readonly remote: Remote
  readonly on: (selector: Selector) => Promise<ApplyContext>
  /**
   * Asks the person at the terminal, and waits for the answer: a line, without its newline.
   *
   * It fails with `nobody-to-ask` where there is no terminal, and with `interrupted` on Ctrl-C.
   */
  readonly ask: (question: string) => Promise<string>
  /** Says something to the person at the terminal, as live output of the task. */
  readonly log: (text: string) => void
}

/** How often, and when, to try a task again that has failed. */
export interface Retry {
  /** Attempts in all, from 2. */
  readonly attempts: number
  /** Seconds before the second attempt; 1 by default. */
  readonly delay?: number
  /** What the delay is multiplied with after each attempt; 1 by default. */
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
   * Does it once for all hosts, on the first where its condition holds: once in the play (`run`), or once in each
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
  /** Seconds for the task; with `retry`, for each attempt. */
  readonly timeout?: number
  /** Tries again when it fails. What may have been done is looked at first: by the task's own check. */
  readonly retry?: Retry
}
