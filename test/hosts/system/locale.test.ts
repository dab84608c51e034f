import * as assert from 'uvu/assert'
import { locale } from '../../../tasks/system/locale.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('locale on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: the language of the system, and a locale without its source`, async () => {
    await host.proves(locale({ name: 'C.UTF-8' }))
    assert.is(await host.sh('cat /etc/default/locale'), 'LANG=C.UTF-8\n')
    assert.is((await host.execute(locale({ name: 'de_DE.UTF-8' }), true)).outcome, 'unknown')
  })
}

for (const host of realHosts('busybox')) {
  test(`${host.name}: it does not support locales, and reports it`, async () => {
    assert.match(await host.refuses(locale({ name: 'C.UTF-8' })), /does not support locales.*skip this task/)
  })
}
