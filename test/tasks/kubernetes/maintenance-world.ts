/** Hosts in a maintenance. */
import type { World } from '../../../engine/testing.ts'
import { keyOf } from '../../../tasks/kubernetes/maintenance/record.ts'

const bootId = '/proc/sys/kernel/random/boot_id'

/** Where a maintenance is recorded. */
export const recordPath = '/etc/coxswain/maintenance'

/** The work of a record. */
export const work = 'reboot'

interface Given {
  readonly phase?: 'due' | 'rebooting' | 'done'
  readonly boot?: string
  readonly hours?: number
  readonly work?: string
}

/** A record, by default of one hour ago, with the work due. */
export const record = ({ phase = 'due', boot = '', hours = 1, work: its = work }: Given = {}): string => {
  const since = new Date(Date.now() - hours * 3_600_000).toISOString()
  return JSON.stringify({ work: keyOf(its), since, phase, boot })
}

/** A host in its first boot, or in another one. */
export const bootedHost = (files: Record<string, string> = {}, boot = 'one'): World => ({
  files: { [bootId]: `${boot}\n`, ...files },
  patterns: [[/needs-restarting/, '']],
})
