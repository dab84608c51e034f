import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { pairsIn, textIn } from './reading/values.ts'

const virtualizationFile = shellFile(import.meta.url, 'virtualization.sh')

/** Whether a host is a container or a virtual machine. */
export interface Virtualization {
  /** For example `docker`, `podman`, `lxc`; undefined if the host is not a container. */
  readonly container: string | undefined
  /** For example `kvm`, `vmware`, `microsoft`; undefined on real hardware. */
  readonly machine: string | undefined
}

/** Parses what virtualization.sh prints. */
export const parseVirtualization = (text: string): Virtualization => {
  const pairs = pairsIn(text)
  const kind = (name: string): string | undefined => {
    const found = textIn(pairs.get(name))
    return found === 'none' ? undefined : found
  }
  return { container: kind('container'), machine: kind('machine') }
}

/** Reads whether a host is a container or a virtual machine. */
export const virtualization = defineTask({
  name: 'virtualization',
  description: 'Reads whether a host is a container or a virtual machine, and of which kind.',
  reads: 'systemd-detect-virt, or files of containers and the names of the hardware',
  example: {},
  params: () => z.object({}),
  fixed: true,
  async check({ remote }) {
    const label = 'find out whether the host is virtual'
    return ok(parseVirtualization(await remote.query({ label })`${shellProgram(virtualizationFile)}`.text()))
  },
})
