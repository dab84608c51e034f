/** The architecture of programs, from their ELF header. */
import { open } from 'node:fs/promises'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { BundleFile } from './bundle.ts'

/** What `uname -m` says for each machine of an ELF header (elf(5)), and how releases of Kubernetes call it. */
const machines: ReadonlyMap<number, { readonly uname: string; readonly release: string }> = new Map([
  [3, { uname: 'i686', release: '386' }],
  [21, { uname: 'ppc64le', release: 'ppc64le' }],
  [22, { uname: 's390x', release: 's390x' }],
  [40, { uname: 'armv7l', release: 'arm' }],
  [62, { uname: 'x86_64', release: 'amd64' }],
  [183, { uname: 'aarch64', release: 'arm64' }],
])

/** How releases of Kubernetes call what `uname -m` says. */
export const architectureOf = (uname: string): string =>
  [...machines.values()].find((one) => one.uname === uname.trim())?.release ?? uname.trim()

/** The architecture that the first bytes of a program name; undefined for a script, and for a machine that is not known. */
export const architectureIn = (bytes: Buffer): string | undefined => {
  if (bytes.length < 20 || bytes.toString('latin1', 0, 4) !== '\u007fELF') return undefined
  const machine = bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18)
  return machines.get(machine)?.release
}

const firstBytes = async (path: string): Promise<Buffer> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Refuses programs that a host cannot run.
 *
 * @throws `task-failed` with the first program for another architecture.
 */
export const refuseOtherArchitecture = async (
  { remote, host }: CheckContext,
  files: readonly BundleFile[],
): Promise<void> => {
  const built = await Promise.all(
    files.map(async ({ path }) => ({ path, architecture: architectureIn(await firstBytes(path)) })),
  )
  const known = built.filter(({ architecture }) => architecture !== undefined)
  if (known.length === 0) return
  const own = architectureOf(await remote.query`uname -m`.text())
  const other = known.find(({ architecture }) => architecture !== own)
  if (other === undefined) return
  throw new CoxswainError(
    'task-failed',
    `${other.path} is for ${other.architecture ?? ''}, and ${host.name} is ${own}`,
    {
      hint: `set the folder of a bundle for ${own}: for hosts of several architectures, in the variables of a group for each`,
    },
  )
}
