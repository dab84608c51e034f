import * as assert from 'uvu/assert'
import { sshKey } from '../../../tasks/network/ssh-access.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-key on real hosts', { seconds: 120 })

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: the user is found, with getent or without`, async () => {
    assert.is((await host.execute(sshKey({ user: 'root' }), true)).outcome, 'would change')
    assert.match(await host.refuses(sshKey({ user: 'ghost' })), /there is no user ghost/)
    if (host.name === 'busybox') return
    await host.proves(sshKey({ user: 'ops' }))
    assert.is(await host.sh('stat -c "%U %a" ~ops/.ssh ~ops/.ssh/id_ed25519'), 'ops 700\nops 600\n')
  })
}
