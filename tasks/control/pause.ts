import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError, defineTask, duration, z } from '../../engine/index.ts'

/**
 * Waits for a number of seconds, or for a person at the terminal. With both it asks, and then waits. Under `--check` it is
 * left out. To pause once and not on every host, give it `oncePer: 'run'`.
 *
 * @example
 * pause({ prompt: 'look at the balancer; Enter goes on' }, { oncePer: 'batch' })
 */
export const pause = defineTask({
  name: 'pause',
  description: 'Waits for a number of seconds, or until someone presses Enter at the terminal.',
  example: { seconds: 1 },
  params: () =>
    z
      .object({
        seconds: duration({ zero: true }).optional().describe('seconds to wait'),
        prompt: z.string().optional().describe('the text to show; Enter continues, Ctrl-C stops the run'),
      })
      .refine(({ seconds, prompt }) => seconds !== undefined || prompt !== undefined, {
        error: 'give seconds, or prompt, or both',
      }),
  title: ({ seconds, prompt }) => prompt ?? `pause of ${seconds ?? 0} s`,
  changes: false,

  async apply({ ask, signal }, { seconds = 0, prompt }) {
    if (prompt !== undefined) await ask(`${prompt} [Enter]`)
    try {
      await sleep(seconds * 1000, undefined, { signal })
    } catch (cause) {
      throw new CoxswainError('interrupted', 'interrupted during the pause', { cause })
    }
  },
})
