import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { wordsIn } from './reading/values.ts'

const keysFile = shellFile(import.meta.url, 'ssh-host-keys.sh')

/** A public key of the SSH server of a host. */
export interface SshHostKey {
  /** For example `ssh-ed25519`. */
  readonly type: string
  /** In base64. */
  readonly key: string
}

/** Parses what ssh-host-keys.sh prints. */
export const parseSshHostKeys = (text: string): SshHostKey[] =>
  text.split('\n').flatMap((line) => {
    const [type = '', key = ''] = wordsIn(line)
    return /^[\w@.-]+$/.test(type) && /^[\w+/]+={0,2}$/.test(key) ? [{ type, key }] : []
  })

/** Reads the public keys of the SSH server of a host. */
export const sshHostKeys = defineTask({
  name: 'ssh-host-keys',
  description: 'Reads the public keys of the SSH server of a host.',
  reads: '/etc/ssh/ssh_host_*_key.pub',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const label = 'read the public keys of the host'
    return ok(parseSshHostKeys(await remote.query({ label })`${shellProgram(keysFile)}`.text()))
  },
})
