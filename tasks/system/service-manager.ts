import { defineTask, ok, z } from '../../engine/index.ts'

/** Which manager of services a host has. */
export const serviceManager = defineTask({
  name: 'service-manager',
  description: 'Reads which service manager a host has: systemd, openrc, or none.',
  reads: 'whether systemd runs, and whether rc-service and systemctl exist',
  example: {},
  params: z.object({}),
  async check({ remote }) {
    // the first is how sd_booted(3) tells; in a container or an image none may run, and yet be the one
    const text = await remote.query({
      label: 'find the service manager',
    })`if [ -d /run/systemd/system ]; then echo systemd; elif command -v rc-service >/dev/null || [ -d /run/openrc ]; then echo openrc; elif command -v systemctl >/dev/null; then echo systemd; else echo none; fi`.text()
    return ok(text.trim())
  },
})
