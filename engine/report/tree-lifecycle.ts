import { Listr } from 'listr2'
import { TreeRenderer } from './tree-renderer.ts'

/** A promise that an event settles, while listr2 waits for it. */
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
  // listr2 may come to wait for it only after it is settled: until then nobody handles its rejection
  promise.catch(() => {})
  return { promise, resolve, reject }
}

export interface Lifecycle {
  /** A play has ended. */
  readonly ended: (play: number, failed: readonly string[]) => void
  /** The run has ended: what has not been begun never will. Resolves when the drawing has stopped. */
  readonly close: () => Promise<void>
}

/**
 * A list of plays for listr2, which schedules nothing: each waits until its end is told, one after the other.
 *
 * listr2 leaves signals and the process alone: Ctrl-C is the command line's to handle.
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
