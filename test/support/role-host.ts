/** Runs steps, such as a role, on a real host with the runner: with --check, for real, and once more. */
import * as assert from 'uvu/assert'
import type { Connection, Request } from '../../engine/connection/types.ts'
import type { Step } from '../../engine/dsl/step.ts'
import type { TaskEnd } from '../../engine/run/events.ts'
import { run } from '../run/site.ts'
import type { RealHost } from './real-host.ts'

/** What a run of steps gave. */
export interface Played {
  /** `TITLE: OUTCOME` of each task that was not ok or skipped, in order. */
  readonly changes: readonly string[]
  readonly ends: readonly TaskEnd[]
  /** The messages of tasks that failed. */
  readonly errors: readonly string[]
}

/** Steps are made again for each run, as a playbook that is loaded again makes them. */
type Steps = () => readonly Step[]

/** A host on which steps are played. */
export interface RoleHost {
  /** Runs the steps once. */
  readonly play: (steps: Steps, checkMode?: boolean, user?: string) => Promise<Played>
  /**
   * Asserts that `--check` changes nothing and predicts what the run then changes, and that a second run and a second
   * `--check` find nothing to do. Returns the first run.
   */
  readonly proves: (steps: Steps) => Promise<Played>
  /** Asserts that the steps fail, with `--check` too if it is not left out, and returns the messages. */
  readonly refuses: (
    steps: Steps,
    options?: { readonly checkToo?: boolean; readonly user?: string },
  ) => Promise<string>
}

const recording = (inner: Connection, changes: Request[]): Connection => ({
  description: inner.description,
  execute: (request) => {
    if (request.purpose === 'run') changes.push(request)
    return inner.execute(request)
  },
  close: () => inner.close(),
})

/** The host, to play steps on. */
export const roleHost = (host: RealHost): RoleHost => {
  const sent: Request[] = []
  const play: RoleHost['play'] = async (steps, checkMode = false, user) => {
    const connection = recording(await host.connect(user === undefined ? {} : { user }), sent)
    sent.length = 0
    const { ends } = await run((make) => [make('p', { hosts: 'all', tasks: () => steps() })], {
      hosts: { [host.name]: connection },
      checkMode,
    })
    await connection.close()
    if (checkMode)
      assert.equal(
        sent.map(({ label, script }) => label ?? script),
        [],
        '--check sent a command that can change the host',
      )
    return {
      ends,
      changes: ends.flatMap(({ task, outcome }) =>
        outcome === 'ok' || outcome === 'skipped' ? [] : [`${task.title}: ${outcome}`],
      ),
      errors: ends.flatMap(({ error }) =>
        error === undefined ? [] : [`${error.message}; ${error.hint ?? ''}; ${error.output ?? ''}`],
      ),
    }
  }
  return {
    play,
    proves: async (steps) => {
      const predicted = await play(steps, true)
      assert.equal(predicted.errors, [], '--check')
      const first = await play(steps)
      assert.equal(first.errors, [])
      assert.ok(first.changes.length > 0, 'nothing was changed')
      const outcomes = new Map(predicted.ends.map(({ task, outcome }) => [task.title, outcome]))
      const unknown = predicted.ends.some(({ outcome }) => outcome === 'unknown')
      for (const { task, outcome } of first.ends) {
        const before = outcomes.get(task.title)
        const expected = before === undefined ? unknown : before === 'unknown' || outcome === 'skipped'
        const exact = (before === 'would change') === (outcome === 'changed')
        assert.ok(expected || exact, `--check said ${before}, the run ${outcome}: ${task.title}`)
      }
      const second = await play(steps)
      assert.equal([second.changes, second.errors], [[], []], 'the second run')
      const settled = await play(steps, true)
      assert.equal([settled.changes, settled.errors], [[], []], '--check after the run')
      return first
    },
    refuses: async (steps, { checkToo = true, user } = {}) => {
      if (checkToo) assert.ok((await play(steps, true, user)).errors.length > 0, '--check does not refuse it')
      const { errors } = await play(steps, false, user)
      assert.ok(errors.length > 0, 'it is not refused')
      return errors.join('\n')
    },
  }
}
