/** Scripted hosts of rehearsals. */
import { scripted } from '../connection/scripted.ts'
import type { Reply, ScriptedConnection, ScriptedFile } from '../connection/scripted.ts'
import { CoxswainError } from '../errors.ts'

/** The files of a host and its replies. */
export interface World {
  /** Files by absolute path; text is the content of a file of root with the mode 0644. */
  readonly files?: Readonly<Record<string, string | ScriptedFile>>
  /** Replies by the exact script. */
  readonly replies?: Readonly<Record<string, Reply>>
  /** Replies by pattern, tried after `replies`. */
  readonly patterns?: readonly (readonly [RegExp, Reply])[]
  /**
   * Why the check cannot predict that the run refuses before it changes anything: its cause can appear in between.
   */
  readonly unpredictable?: string
  /** Other hosts, by the selector or the name of the pick that the task uses. */
  readonly others?: Readonly<Record<string, World>>
}

/** A scripted host. */
export const connect = ({ files = {}, replies = {}, patterns = [] }: World): ScriptedConnection =>
  scripted({ files, replies: [...Object.entries(replies), ...patterns] })

/** @throws `task-failed` naming the first command without a reply. */
export const insistOnReplies = (
  connections: readonly ScriptedConnection[],
  { replies = {}, patterns = [] }: World,
): void => {
  const [command] = connections.flatMap(({ unanswered }) => unanswered)
  if (command === undefined) return
  const known = [...Object.keys(replies), ...patterns.map(([pattern]) => String(pattern))]
  throw new CoxswainError('task-failed', `rehearsal: the test has no reply for the command: ${command}`, {
    output: known.length === 0 ? undefined : `it has replies for:\n${known.join('\n')}`,
    hint: 'add the command to replies, or a pattern for it to patterns',
  })
}

/** @throws `task-failed` if something does not hold that must hold for each rehearsal. */
export const insist = (holds: boolean, message: string, cause?: unknown): void => {
  if (!holds) throw new CoxswainError('task-failed', `rehearsal: ${message}`, { cause })
}
