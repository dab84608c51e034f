import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'

const requiredFile = shellFile(import.meta.url, 'reboot-required.sh')

/** Whether a host needs a reboot. */
export interface RebootRequired {
  /** Undefined if no program of the host can say. */
  readonly required: boolean | undefined
  /** What asks for it: `package linux-image-6.1.0-28-amd64`, or the program that says so. */
  readonly reasons: readonly string[]
}

/** Reads whether a host needs a reboot. */
export const rebootRequired = defineTask({
  name: 'reboot-required',
  description: 'Reads whether a host needs a reboot after updates, and why.',
  reads: '/run/reboot-required, needs-restarting, zypper, and the modules of the running kernel',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const label = 'find out whether a reboot is required'
    const command = remote.query({ label })`${shellProgram(requiredFile)}`
    const { code, ok: succeeded, stdout } = await command.result()
    if (!succeeded && code !== 101) await command
    const reasons = stdout.split('\n').filter((line) => line !== '')
    const value: RebootRequired = { required: code === 101 ? undefined : reasons.length > 0, reasons }
    return ok(value)
  },
})
