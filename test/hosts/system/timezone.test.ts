import * as assert from 'uvu/assert'
import { timezone } from '../../../tasks/system/timezone.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('timezone on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: the clock shows the zone`, async () => {
    await host.proves(timezone({ name: 'Asia/Kolkata' }))
    assert.is(await host.sh('date +%z; cat /etc/timezone'), '+0530\nAsia/Kolkata\n')
    await host.sh('rm /etc/localtime && cp /usr/share/zoneinfo/Asia/Kolkata /etc/localtime')
    await host.proves(timezone({ name: 'Asia/Kolkata' }))
    assert.match(
      await host.refuses(timezone({ name: 'Asia/Atlantis' })),
      /the time zone Asia\/Atlantis does not exist/,
    )
  })
}

for (const host of realHosts('busybox')) {
  test(`${host.name}: without zones it is unknown; with them, only the link is created`, async () => {
    assert.is((await host.execute(timezone({ name: 'Europe/Rome' }), true)).outcome, 'unknown')
    await host.sh('mkdir -p /usr/share/zoneinfo/Europe && : >/usr/share/zoneinfo/Europe/Rome')
    await host.proves(timezone({ name: 'Europe/Rome' }))
    assert.is(
      await host.sh('readlink /etc/localtime; ls /etc | grep -c timezone; true'),
      '/usr/share/zoneinfo/Europe/Rome\n0\n',
    )
  })
}
