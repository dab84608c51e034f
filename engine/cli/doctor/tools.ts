import { programText } from '../../remote/quote.ts'
import { shellFile } from '../../shell-file.ts'
import type { Probe } from './probe.ts'

/** The programs that the engine calls on a host, and what fails without them. */
const tools: Readonly<Record<string, string>> = {
  base64: 'files cannot be written',
  chmod: 'files cannot be written',
  chown: 'files cannot be written',
  flock: 'hosts cannot be locked against a second run',
  mktemp: 'files cannot be written',
  mv: 'files cannot be written',
  readlink: 'links cannot be read',
  sha256sum: 'large files are sent each time',
  stat: 'owners and modes cannot be read',
}

/** Their packages; every other tool is in coreutils and busybox. */
const packages: Readonly<Record<string, string>> = { flock: 'util-linux' }

/** Whether the host has the tools that the engine calls. */
export const needed: Probe = {
  name: 'tools',
  script: programText(shellFile(import.meta.url, 'missing.sh'), ...Object.keys(tools)),
  judge: ({ stdout }) =>
    stdout
      .split('\n')
      .filter((tool) => tool !== '')
      .map((tool) => ({
        what: `${tool} is missing: ${tools[tool] ?? 'some tasks fail'}`,
        fix: `install ${packages[tool] ?? 'coreutils'} or busybox`,
      })),
}
