/** The types of the DSL that refer to each other: tasks, their contexts and options, and selectors. */
import type { Place } from '../errors.ts'
import type { Remote, RemoteReader } from '../remote/types.ts'
import type { Explanation, Failure } from './explanation.ts'
import type { Listening, Notifying } from './notifying.ts'
import type { Outcome } from './outcome.ts'
import type { Verdict } from './verdict.ts'
import type { Writing } from './writing.ts'

/** Marks tasks, including those of another copy of the engine. */
export const taskBrand = Symbol.for('coxswain.task')

/** Marks picks and selectors made from them. */
export const selectorBrand = Symbol.for('coxswain.selector')

/** How long to repeat a check until it returns ok. */
export interface WaitOptions {
  /** Seconds until waiting fails with `wait-timeout`. */
  readonly timeout: number
  /** Seconds between two checks. */
  readonly every: number
}

/** A task definition with its parameters: frozen plain data. */
export interface Task<Value = unknown, Names extends string = string, Topics extends string = string>
  extends Notifying<Names>, Listening<Topics> {
  readonly [taskBrand]: true
  /** The name of its definition, as on the command line. */
  readonly name: string
  /** What a run shows for it: the title of its options, or that of the definition. */
  readonly title: string
  /** Its parameters, as the schema of the definition returned them. */
  readonly params: unknown
  /** Its options in the play. */
  readonly options: TaskOptions
  /** Reads the host and returns whether it is in the wanted state; undefined for a task that acts in every run. */
  readonly check: ((ctx: CheckContext) => Promise<Verdict<Value>>) | undefined
  /** Makes the changes; undefined for a task that only reads or waits. */
  readonly apply: ((ctx: ApplyContext) => Promise<unknown>) | undefined
  /** Reads what the host knows of the cause of a failure; undefined for a task that cannot. */
  readonly explain: ((ctx: CheckContext, failure: Failure) => Promise<Explanation | undefined>) | undefined
  /** How long to wait for an `ok` of the check; undefined for a task that does not wait. */
  readonly until: WaitOptions | undefined
  /** Whether an `ok` of the check does not prove that an apply was completed. */
  readonly guards: boolean
  /** Whether only its apply finds out whether it changed something. */
  readonly knownAfter: boolean
  /** Reads what it needs on the controller. */
  readonly needs: (() => Promise<unknown>) | undefined
  /** Whether it creates files that it does not list. */
  readonly brings: boolean
  /** What its apply writes on the host. */
  readonly writes: () => readonly Writing[]
  /** Users and groups that its apply creates. */
  readonly makes: () => readonly string[]
  /** Whether its apply changes the host. */
  readonly changes: boolean
  /** Whether the value of a fact cannot change during a run. */
  readonly fixed: boolean
  /** Its place in an author's file; undefined if it was not made in one. */
  readonly place: () => Place | undefined
  /** The place of its definition in an author's file; undefined for bundled tasks. */
  readonly definedAt: () => Place | undefined
  /** Its source text, and the file of its definition; without a file, it is a bundled task. The same object for each task of a definition. */
  readonly definition: () => { readonly source: string; readonly file: string | undefined }
  /** Paths on the controller whose content it sends to a host. */
  readonly sends: readonly string[]
}

/**
 * A host that is selected at run time: the first, in the order of the pattern, for which a probe returns ok. Probes
 * are tried in order of preference; if no host satisfies any of them, it is the first host of the pattern.
 */
export interface Pick {
  readonly [selectorBrand]: 'pick'
  /** The name of the pick, for listings and rehearsals. */
  readonly name: string
  /** The pattern of the hosts to choose from. */
  readonly hosts: string
  /** The probes: tasks with a check, the most preferred first. */
  readonly prefer: readonly Task[]
  /** Whether the probes run as root; true by default. */
  readonly become: boolean
}

/** The hosts of a pattern except that of a pick. */
export interface Except {
  readonly [selectorBrand]: 'except'
  /** The pattern of the hosts. */
  readonly hosts: string
  /** The pick whose host is left out. */
  readonly pick: Pick
}

/** Selects hosts: a pattern, or a selection at run time. */
export type Selector = string | Pick | Except

/** The host of a task. It has no variables, because only playbooks read variables. */
export interface HostIdentity {
  /** Its name in the inventory. */
  readonly name: string
  /** All its groups, `all` first. */
  readonly groups: readonly string[]
  /** The address for connections. */
  readonly address: string
}

/** The context of a check. Everything here only reads. */
export interface CheckContext {
  /** The host of the task. */
  readonly host: HostIdentity
  /** Commands and file operations on the host that only read. */
  readonly remote: RemoteReader
  /** The value of a fact on this host, read once until the host changes; once in a run if it cannot change. */
  readonly fact: <Value>(task: Task<Value>) => Promise<Value>
  /** Another host's context. The selector must name exactly one host. */
  readonly on: (selector: Selector) => Promise<CheckContext>
  /** Names of the hosts of a selector. */
  readonly hostsOf: (selector: Selector) => Promise<readonly string[]>
  /**
   * Makes a value once in a run, for the first host that needs it; the others wait for it and get the same value. A
   * failed attempt is not remembered. In a check, `make` must only read.
   */
  readonly once: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>
  /**
   * Records that something does not exist on the host, such as `the service nginx`, if a command found that out.
   * Under `--check`, an `ok` that depends on it becomes unknown if an earlier task can create it. Files that `remote`
   * does not find are recorded automatically.
   */
  readonly absent: (what: string) => void
  /** Under `--check`, whether an earlier task of this run would create something, such as `the group deploy`. */
  readonly predicted: (what: string) => boolean
  /** Aborted when the run is interrupted or the task times out. */
  readonly signal: AbortSignal
}

/** The context of a condition (`when`): also the outcomes of earlier tasks. */
export interface WhenContext extends CheckContext {
  /** The outcome of a task of the same play on this host; undefined if it has not run there. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Whether a task of the same play changed something on this host; under `--check`, whether it would. */
  readonly changed: (task: Task) => boolean
  /**
   * The value that a task gave in this run on this host: what a command printed, what a fact read. Undefined if it has not run, or
   * gave none.
   *
   * @example
   * when: ({ outputOf }) => outputOf(probe)?.status === 0
   */
  readonly outputOf: <Value>(task: Task<Value>) => Value | undefined
}

/** The context of an apply. */
export interface ApplyContext extends CheckContext {
  /** Commands and file operations on the host. */
  readonly remote: Remote
  /** Another host's context, to change that host. The selector must name exactly one host. */
  readonly on: (selector: Selector) => Promise<ApplyContext>
  /**
   * Asks the user at the terminal, and waits for the answer: a line, without its newline.
   *
   * It fails with `nobody-to-ask` without a terminal, and with `interrupted` on Ctrl-C.
   */
  readonly ask: (question: string) => Promise<string>
  /** Prints a message to the user, as live output of the task. */
  readonly log: (text: string) => void
}

/** How often, and when, to retry a failed task. */
export interface Retry {
  /** Total number of attempts, from 2. */
  readonly attempts: number
  /** Seconds before the second attempt; 1 by default. */
  readonly delay?: number
  /** The factor for the delay after each attempt; 1 by default. */
  readonly backoff?: number
  /** A condition to check after a successful attempt, which counts as failed if it returns false. It only reads. */
  readonly until?: (ctx: CheckContext) => boolean | Promise<boolean>
}

/** Options of tasks and blocks. The tasks of a block inherit its options unless they set their own. */
export interface StepOptions {
  /** Shown instead of the task's own title. */
  readonly title?: string
  /**
   * Skips the step on this host unless it returns true. It only reads. That of a block is evaluated once, before its
   * first task.
   *
   * @example
   * const config = template({ … })
   * [config, command({ run: 'reindex' }, { when: ({ changed }) => changed(config) })]
   */
  readonly when?: (ctx: WhenContext) => boolean | Promise<boolean>
  /** Tags for `--tags` and `--skip-tags`; it also has the tags of its play and surrounding blocks. */
  readonly tags?: string | readonly string[]
  /** Another user than the play's: a name, true for root, or false for the login user. */
  readonly become?: boolean | string
  /** Runs it on another host, exactly one, on behalf of this one. */
  readonly on?: Selector
  /** Environment variables of its commands. Not for secrets: others on the host may read them. */
  readonly env?: Readonly<Record<string, string>>
  /** Working directory of its commands. */
  readonly cwd?: string
  /** Continues with the next task if it fails. An unreachable host is not ignored. */
  readonly ignoreErrors?: boolean
  /**
   * Runs it once for all hosts, on the first host for which its condition is true: once in the play (`run`), or once
   * in each batch of a play with `serial` (`batch`).
   */
  readonly oncePer?: 'run' | 'batch'
  /**
   * Maximum number of hosts of the play that run it at the same time, from 1. On a block, it applies to each of its tasks separately.
   *
   * @example
   * httpRequest({ url: 'https://api.example.org/register', method: 'POST' }, { throttle: 2 })
   */
  readonly throttle?: number
}

/** The options of a task in a play. */
export interface TaskOptions extends StepOptions {
  /**
   * Handlers of this play to run when the task changed something: by name, by a topic that they listen to, or the handler itself,
   * which is how tasks that are written apart from the play name it.
   *
   * @example
   * const restart = service({ … })
   * play('web', { …, tasks: () => [template({ … }, { notify: restart })], handlers: () => ({ restart }) })
   */
  readonly notify?: string | Task | readonly (string | Task)[]
  /** For a handler: topics that it runs for, in addition to its name. */
  readonly listen?: string | readonly string[]
  /** Timeout of the task in seconds; with `retry`, of each attempt. */
  readonly timeout?: number
  /** Retries the task if it fails. Before each attempt, the task's own check finds out what has already been done. */
  readonly retry?: Retry
}

/** Whether a value is a task, of this copy of the engine or of another. */
export const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && taskBrand in value
