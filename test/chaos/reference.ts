/** The result of a playbook on a new host without faults. */
import { startByteProxy } from './byte-proxy.ts'
import { prepareDesk, removeDesk } from './desk.ts'
import { freshHost } from './host.ts'
import { traces } from './leftovers.ts'
import type { Step } from './recipe.ts'
import { runPlaybook } from './run.ts'
import { snapshot } from './snapshot.ts'
import { wrongAfter } from './verdict.ts'

export interface Reference {
  /** Lines of `--output json`. */
  readonly events: number
  /** Bytes sent to the host. */
  readonly bytes: number
  readonly state: readonly string[]
  readonly traces: readonly string[]
}

/** Runs it on a new host. */
export const undisturbed = async (steps: readonly Step[], lab: string): Promise<Reference> => {
  const host = await freshHost(lab)
  const proxy = await startByteProxy(host.address)
  const desk = await prepareDesk(host, proxy, steps)
  try {
    const before = proxy.sent()
    const first = await runPlaybook(desk)
    if (first.result.status !== 0)
      throw new Error(`the undisturbed run failed: ${wrongAfter(first).join('; ')}`)
    return {
      events: first.events.length,
      bytes: proxy.sent() - before,
      state: await snapshot(host),
      traces: await traces(host),
    }
  } finally {
    await proxy.stop()
    removeDesk(desk)
  }
}
