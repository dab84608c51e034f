import type { Probe } from './probe.ts'

/** Seconds that a clock can be wrong before certificates and tokens fail. */
const tolerance = 30

/** Whether the host's clock agrees with the clock of this machine. */
export const clock: Probe = {
  name: 'clock',
  script: 'date -u +%s',
  judge: ({ stdout, sent, received }) => {
    const there = Number(stdout.trim())
    if (!Number.isFinite(there) || stdout.trim() === '')
      return [{ what: 'date +%s does not print a number', fix: 'install coreutils or busybox' }]
    // the host read its clock at some time between these two
    const off = there < sent ? there - sent : Math.max(0, there - received)
    if (Math.abs(off) <= tolerance) return []
    const seconds = Math.round(Math.abs(off))
    return [
      {
        what: `its clock is ${seconds} s ${off < 0 ? 'slow' : 'fast'}, compared with the clock of this machine`,
        fix: 'synchronize both clocks with chrony or systemd-timesyncd, or certificates and tokens fail',
      },
    ]
  },
}
