import { defineTask, ok, z, shellFile, shellProgram } from '../../engine/index.ts'

const manager = shellFile(import.meta.url, 'service-manager.sh')

/** Reads which service manager a host has. */
export const serviceManager = defineTask({
  name: 'service-manager',
  description: 'Reads which service manager a host has: systemd, openrc, or none.',
  reads: 'whether systemd runs, and whether rc-service and systemctl exist',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    // the first test is that of sd_booted(3); in a container or image, no manager might run, although one is installed
    const text = await remote.query({
      label: 'find the service manager',
    })`${shellProgram(manager)}`.text()
    return ok(text.trim())
  },
})
