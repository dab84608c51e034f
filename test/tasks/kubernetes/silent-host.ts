import type { World } from '../../../engine/testing.ts'
import { sentPattern } from '../../support/sent.ts'

/** A host that knows nothing about the cause of a failure. */
export const silentHost: NonNullable<World['patterns']> = [
  [sentPattern('tasks/kubernetes/kubeadm/last-errors.sh'), ''],
  [/^kubectl .* get events /, ''],
  [/^date \+%s$/, '1800000000\n'],
]
