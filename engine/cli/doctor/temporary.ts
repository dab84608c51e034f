import { shellFile } from '../../shell-file.ts'
import type { Probe } from './probe.ts'

/** Whether `/tmp` and the root file system are writable. */
export const temporary: Probe = {
  name: 'writable',
  script: shellFile(import.meta.url, 'temporary.sh').text,
  judge: ({ stdout }) => {
    const said = new Set(stdout.split('\n'))
    if (said.has('read-only'))
      return [
        {
          what: '/ is mounted read-only',
          fix: 'check dmesg for disk errors; after the repair: mount -o remount,rw /',
        },
      ]
    if (said.has('missing')) return [{ what: '/tmp does not exist', fix: 'create it: mkdir -m 1777 /tmp' }]
    if (said.has('closed')) return [{ what: '/tmp is not writable', fix: 'as root: chmod 1777 /tmp' }]
    return []
  },
}
