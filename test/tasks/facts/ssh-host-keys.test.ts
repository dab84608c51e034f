import * as assert from 'uvu/assert'
import { sshHostKeys } from '../../../tasks/facts/ssh-host-keys.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-host-keys')

test('keys of the SSH server', async () =>
  assert.equal(await valueFrom(sshHostKeys(), 'ssh-ed25519 AAAA root@x\nssh-rsa A;A\nodd\n'), [
    { type: 'ssh-ed25519', key: 'AAAA' },
  ]))
