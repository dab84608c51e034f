/** A time limit for the code of a project that a completion runs: an await can never settle, a loop can be endless. */
import { Worker } from 'node:worker_threads'
import { once } from '../../once.ts'

/** Seconds that a completion takes at most once it runs code of the project, unless `COXSWAIN_COMPLETION_SECONDS` says more. */
const usual = 4

const limitIn = (env: NodeJS.ProcessEnv): number => {
  const given = Number(env['COXSWAIN_COMPLETION_SECONDS'])
  return given > 0 && Number.isFinite(given) ? given : usual
}

/** Seconds after that in which a process that does not end by itself is killed: a loop blocks its thread. */
const grace = 0.5

/** A time limit that begins when code of the project is loaded: without such code, a completion needs none. */
export interface TimeLimit {
  /** Begins it; further calls do nothing. */
  readonly begin: () => void
  /** Resolves when the time is over. */
  readonly reached: Promise<void>
  /** Ends it. */
  readonly end: () => void
}

/**
 * Kills this process after some seconds, from another thread. Shells report nothing about it; what was printed before stays.
 */
const killAfter = (seconds: number): Worker => {
  const code = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${seconds * 1000})`
  // without the options of this process, which can load modules into each thread
  const worker = new Worker(code, { eval: true, execArgv: [] })
  worker.on('error', () => {})
  worker.unref()
  return worker
}

/**
 * A time limit that has not begun. Neither its timer nor its thread keeps the process.
 *
 * @param env the environment: `COXSWAIN_COMPLETION_SECONDS` for slow machines; 4 by default.
 */
export const timeLimit = (env: NodeJS.ProcessEnv): TimeLimit => {
  const longest = limitIn(env)
  let killer: Worker | undefined
  let timer: NodeJS.Timeout | undefined
  let reach = (): void => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return {
    begin: once(() => {
      timer = setTimeout(reach, longest * 1000).unref()
      killer = killAfter(longest + grace)
    }),
    reached,
    end: () => {
      clearTimeout(timer)
      void killer?.terminate()
    },
  }
}
