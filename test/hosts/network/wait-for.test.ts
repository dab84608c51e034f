import * as assert from 'uvu/assert'
import { waitFor } from '../../../tasks/network/wait-for.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('wait-for on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a port, a path and a command, in time or not`, async () => {
    // it opens during the wait
    const listen = { debian: 'nc -l -k 127.0.0.1 7000', busybox: 'nc -l -k -p 7000 -s 127.0.0.1' }[host.name]
    await host.sh(`(sleep 1; ${listen}) >/dev/null 2>&1 </dev/null &`)
    assert.is((await host.execute(waitFor({ port: 7000, timeout: 20, every: 0.2 }))).outcome, 'ok')
    await host.sh('(sleep 1; touch /srv/here) >/dev/null 2>&1 </dev/null &')
    assert.is((await host.execute(waitFor({ path: '/srv/here', timeout: 20, every: 0.2 }))).outcome, 'ok')
    assert.is((await host.execute(waitFor({ command: 'test -f /srv/here' }))).outcome, 'ok')
    assert.match(await host.refuses(waitFor({ port: 7001, timeout: 1, every: 0.2 })), '7001')
  })
}
