import type { Probe } from './probe.ts'

/** Kilobytes that shall be left. */
const enough = 100 * 1024

interface Space {
  readonly mount: string
  readonly available: number
}

/** The lines of `df -P -k`: file system, size, used, available, share, mount point (which may hold blanks). */
const spaces = (text: string): Space[] =>
  text.split('\n').flatMap((line) => {
    const [, available, mount] = /\s\d+\s+\d+\s+(-?\d+)\s+\d+%\s+(\/.*)$/.exec(line) ?? []
    return available === undefined || mount === undefined ? [] : [{ mount, available: Number(available) }]
  })

/** Whether there is room on `/`, `/tmp` and `/var`. */
export const disk: Probe = {
  name: 'disk',
  script: 'df -P -k / /tmp /var 2>/dev/null',
  judge: ({ stdout }) => {
    // several of the folders may be on one file system
    const found = new Map(spaces(stdout).map((space) => [space.mount, space]))
    if (found.size === 0) return [{ what: 'df tells of no disk', fix: 'see `df -P -k /` on the host' }]
    return [...found.values()]
      .filter(({ available }) => available < enough)
      .map(({ mount, available }) => ({
        what: `${mount} has ${Math.max(0, Math.floor(available / 1024))} MB left`,
        fix: `make room on it: du -xk ${mount} | sort -n | tail`,
      }))
  },
}
