import type { Probe } from './probe.ts'

/** Seconds that a clock may be wrong: what certificates and tokens bear. */
const bearable = 30

/** Whether the host's clock agrees with the one here. */
export const clock: Probe = {
  name: 'clock',
  script: 'date -u +%s',
  judge: ({ stdout, sent, received }) => {
    const there = Number(stdout.trim())
    if (!Number.isFinite(there) || stdout.trim() === '')
      return [{ what: 'date +%s prints no number', fix: 'install coreutils or busybox' }]
    // it was read some time between the two
    const off = there < sent ? there - sent : Math.max(0, there - received)
    if (Math.abs(off) <= bearable) return []
    const seconds = Math.round(Math.abs(off))
    return [
      {
        what: `its clock is ${seconds} s ${off < 0 ? 'behind' : 'ahead of'} the one here`,
        fix: 'let chrony or systemd-timesyncd set both clocks: certificates and tokens fail otherwise',
      },
    ]
  },
}
