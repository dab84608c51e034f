import * as assert from 'uvu/assert'
import { service } from '../../../tasks/system/service.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('systemd-unit on real hosts', { seconds: 60 })

for (const host of realHosts('debian')) {
  test(`${host.name}: a unit that starts, a drop-in that counts, and a change that is read`, async () => {
    const unit = (word: string) =>
      `[Service]\nExecStart=/bin/sleep ${word}\n[Install]\nWantedBy=multi-user.target\n`
    await host.proves(systemdUnit({ name: 'app.service', content: unit('2147483001') }))
    await host.proves(service({ name: 'app', state: 'started', enabled: true }))
    await host.proves(
      systemdUnit({ name: 'app.service', dropIn: 'note', content: '[Unit]\nDescription=a note\n' }),
    )
    assert.is(await host.sh('systemctl show app --property=Description --value'), 'a note\n')
    await host.sh('sed -i s/3001/3002/ /etc/systemd/system/app.service')
    await host.proves(systemdUnit({ name: 'app.service', content: unit('2147483002') }))
    await host.proves(service({ name: 'app', state: 'stopped', enabled: false }))
    await host.proves(systemdUnit({ name: 'app.service', state: 'absent' }))
    assert.is(await host.sh('ls /etc/systemd/system | grep -c "^app.service$" || true'), '0\n')
  })

  test(`${host.name}: what is no unit does not get there`, async () => {
    const said = await host.refuses(
      systemdUnit({ name: 'bad.service', content: '[Service]\nExecStart=relative\n' }),
    )
    assert.match(said, '/etc/systemd/system/bad.service was not replaced')
    assert.is(
      await host.sh('ls -d /etc/systemd/system/bad* /etc/systemd/system/.coxswain* 2>/dev/null || true'),
      '',
    )
  })
}
