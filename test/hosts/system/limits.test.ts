import * as assert from 'uvu/assert'
import { limits } from '../../../tasks/system/limits.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('limits on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: it applies to the next session`, async () => {
    await host.sh("echo 'session required pam_limits.so' >>/etc/pam.d/su")
    await host.proves(limits({ domain: 'ops', item: 'nofile', value: 512 }))
    assert.is(await host.sh("su -s /bin/sh ops -c 'ulimit -n'"), '512\n')
    await host.proves(limits({ domain: 'ops', item: 'nofile', state: 'absent' }))
  })
}

for (const host of realHosts('busybox')) {
  test(`${host.name}: without PAM it is unknown`, async () => {
    assert.is((await host.execute(limits({ domain: '*', item: 'core', value: 0 }), true)).outcome, 'unknown')
  })
}
