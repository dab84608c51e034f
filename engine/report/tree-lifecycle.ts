import { Listr } from 'listr2'
import { TreeRenderer } from './tree-renderer.ts'

/** A promise for listr2 to wait for, which an event settles. */
interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

const deferred = (): Deferred => {
  let resolve!: Deferred['resolve']
  let reject!: Deferred['reject']
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  // listr2 may start to wait only after it is settled: until then its rejection would be unhandled
  promise.catch(() => {})
  return { promise, resolve, reject }
}

export interface Lifecycle {
  /** A play has ended. */
  readonly ended: (play: number, failed: readonly string[]) => void
  /** The run has ended: no further play starts. Resolves when the drawing has stopped. */
  readonly close: () => Promise<void>
}

/**
 * A list of plays for listr2, which does not schedule them: each waits until `ended` is called for it, one after the
 * other.
 *
 * listr2 must not handle signals: the command line handles Ctrl-C.
 */
export const lifecycle = (plays: readonly string[], draw: (spinner: string) => void): Lifecycle => {
  const ends = plays.map(deferred)
  const list = new Listr(
    plays.map((title, index) => ({ title, task: () => ends[index]?.promise })),
    {
      renderer: TreeRenderer,
      rendererOptions: { draw },
      exitOnError: false,
      registerSignalListeners: false,
    },
  )
  const run = list.run()
  return {
    ended: (play, failed) => {
      if (failed.length === 0) ends[play]?.resolve()
      else ends[play]?.reject(new Error(`failed on ${failed.join(', ')}`))
    },
    close: async () => {
      for (const end of ends) end.resolve()
      await run
    },
  }
}
