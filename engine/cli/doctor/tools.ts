import type { Probe } from './probe.ts'

/** What the engine calls on a host, and what goes wrong without it. */
const tools: Readonly<Record<string, string>> = {
  base64: 'files cannot be written',
  chmod: 'files cannot be written',
  chown: 'files cannot be written',
  flock: 'two runs at once are not kept apart',
  mktemp: 'files cannot be written',
  mv: 'files cannot be written',
  readlink: 'links cannot be read',
  sha256sum: 'big files are sent each time',
  stat: 'owners and modes cannot be read',
}

/** Packages that hold them; everything else is in coreutils and busybox. */
const packages: Readonly<Record<string, string>> = { flock: 'util-linux' }

/** Whether the host has the tools that the engine calls. */
export const needed: Probe = {
  name: 'tools',
  script: `for t in ${Object.keys(tools).join(' ')}; do command -v "$t" >/dev/null 2>&1 || echo "$t"; done`,
  judge: ({ stdout }) =>
    stdout
      .split('\n')
      .filter((tool) => tool !== '')
      .map((tool) => ({
        what: `there is no ${tool}: ${tools[tool] ?? 'some tasks cannot be done'}`,
        fix: `install ${packages[tool] ?? 'coreutils'} or busybox`,
      })),
}
