import type { Probe } from './probe.ts'

/** Whether `/tmp` and the root can be written to. */
export const temporary: Probe = {
  name: 'writable',
  script:
    '[ -d /tmp ] || echo missing; [ -w /tmp ] || echo closed; ! grep -q "^[^ ]* / [^ ]* ro[, ]" /proc/mounts 2>/dev/null || echo read-only',
  judge: ({ stdout }) => {
    const said = new Set(stdout.split('\n'))
    if (said.has('read-only'))
      return [
        {
          what: '/ is mounted read-only',
          fix: 'see dmesg: a disk with errors is mounted so; after the repair: mount -o remount,rw /',
        },
      ]
    if (said.has('missing')) return [{ what: 'there is no /tmp', fix: 'make it: mkdir -m 1777 /tmp' }]
    if (said.has('closed')) return [{ what: '/tmp cannot be written to', fix: 'chmod 1777 /tmp, as root' }]
    return []
  },
}
