import { defineTask, driftUnlessEmpty, duration, z } from '../../engine/index.ts'
import { missingUntilUp } from './booting/boot.ts'

/**
 * Waits until a host can be reached, and its services have started.
 *
 * Other tasks report a host that does not answer as unreachable at once. This one waits for it, for example after a power failure, or
 * where a run was interrupted while the host rebooted.
 */
export const waitForConnection = defineTask({
  name: 'wait-for-connection',
  description:
    'Waits until a host can be logged in to, and systemd, where it has that, has started its services.',
  reads: 'the boot ID, and the state of systemd',
  example: {},
  params: () => z.object({ timeout: duration({ zero: true }).default(300).describe('seconds to wait') }),
  title: () => 'the host is up',
  until: ({ timeout }) => ({ timeout, every: 2 }),

  check: async (ctx) => driftUnlessEmpty(await missingUntilUp(ctx)),
})
