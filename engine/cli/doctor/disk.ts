import type { Probe } from './probe.ts'

/** Kilobytes that must be free. */
const minimum = 100 * 1024

interface Space {
  readonly mount: string
  readonly available: number
}

/** The lines of `df -P -k`: file system, size, used, available, share, mount point (which can contain blanks). */
const parseSpaces = (text: string): Space[] =>
  text.split('\n').flatMap((line) => {
    const [, available, mount] = /\s\d+\s+\d+\s+(-?\d+)\s+\d+%\s+(\/.*)$/.exec(line) ?? []
    return available === undefined || mount === undefined ? [] : [{ mount, available: Number(available) }]
  })

/** Whether `/`, `/tmp` and `/var` have free space. */
export const disk: Probe = {
  name: 'disk',
  script: 'df -P -k / /tmp /var 2>/dev/null',
  judge: ({ stdout }) => {
    // these folders can be on the same file system
    const found = new Map(parseSpaces(stdout).map((space) => [space.mount, space]))
    if (found.size === 0) return [{ what: 'df lists no file system', fix: 'check `df -P -k /` on the host' }]
    return [...found.values()]
      .filter(({ available }) => available < minimum)
      .map(({ mount, available }) => ({
        what: `${mount} has ${Math.max(0, Math.floor(available / 1024))} MiB left`,
        fix: `free space on it; find large folders: du -xk ${mount} | sort -n | tail`,
      }))
  },
}
