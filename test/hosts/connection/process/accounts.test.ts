import * as assert from 'uvu/assert'
import { realHosts } from '../../../support/real-host.ts'
import { suite } from '../../../support/spec.ts'
import { addUser } from '../../../support/sshd.ts'

const test = suite('accounts of the tests on this machine', { needs: ['root', 'ps'] })

for (const host of realHosts('busybox')) {
  test('the removal of one does not end processes of accounts in a host', async () => {
    // the first accounts of a host, of which one has the identity that useradd would choose on this machine
    for (const name of ['ann', 'ben', 'cho', 'dan', 'eve'])
      await host.sh(`adduser -D ${name}; su ${name} -c 'exec sleep 2147483646' >/dev/null 2>&1 &`)
    const asleep = async (): Promise<string> => host.sh('pgrep -fx "sleep 2147483646" | wc -l')
    while ((await asleep()) !== '5\n');
    addUser('cxw-apart').remove()
    assert.is(await asleep(), '5\n')
  })
}
