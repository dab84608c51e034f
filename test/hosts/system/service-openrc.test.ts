/** `service` with the real OpenRC. */
import * as assert from 'uvu/assert'
import { serviceRestart } from '../../../tasks/system/service-restart.ts'
import { service } from '../../../tasks/system/service.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('services with OpenRC on a real host')

/** Writes the script of a service. */
const script = (host: RealHost, name: string, ...lines: readonly string[]): Promise<string> =>
  host.sh(`printf '%s\\n' '#!/sbin/openrc-run' ${lines.map((line) => `'${line}'`).join(' ')} >/etc/init.d/${name}
chmod +x /etc/init.d/${name}`)

for (const host of realHosts('openrc')) {
  const status = (name: string): Promise<string> => host.sh(`rc-service ${name} status || true`)
  const pid = (name: string): Promise<string> => host.sh(`cat /run/${name}.pid`)

  test(`${host.name}: started and enabled, restarted, reloaded, stopped and disabled`, async () => {
    await script(
      host,
      'app',
      'command=/bin/sleep',
      'command_args=2147483001',
      'command_background=true',
      'pidfile=/run/app.pid',
      'extra_started_commands=reload',
      'reload() { echo reloaded >>/run/reloaded; }',
    )
    await host.finds(service({ name: 'app', state: 'stopped', enabled: false }))
    await host.proves(service({ name: 'app', state: 'started', enabled: true }))
    assert.match(await status('app'), 'status: started')
    assert.is(await host.sh('ls /etc/runlevels/default'), 'app\n')
    const before = await pid('app')
    await host.proves(serviceRestart({ name: 'app' }))
    const after = await pid('app')
    assert.is.not(after, before)
    await host.proves(serviceRestart({ name: 'app', reload: true }))
    assert.equal([await pid('app'), await host.sh('cat /run/reloaded')], [after, 'reloaded\n'])

    // this runlevel also starts it at boot, and it is removed from both
    await host.sh('rc-update add app boot')
    await host.proves(service({ name: 'app', state: 'stopped', enabled: false }))
    assert.match(await status('app'), 'status: stopped')
    assert.is(await host.sh('ls /etc/runlevels/default /etc/runlevels/boot | grep -c app || true'), '0\n')
    assert.is((await host.execute(serviceRestart({ name: 'app', ifRunning: true }))).outcome, 'ok')
    assert.match(await status('app'), 'status: stopped')
    // a service that cannot reload, or does not run, is restarted
    await host.proves(serviceRestart({ name: 'app', reload: true }))
    assert.match(await status('app'), 'status: started')
  })

  test(`${host.name}: a crashed service is started again`, async () => {
    await script(
      host,
      'sup',
      'supervisor=supervise-daemon',
      'command=/bin/sleep',
      'command_args=2147483002',
      'pidfile=/run/sup.pid',
    )
    await host.proves(service({ name: 'sup', state: 'started' }))
    await host.sh(
      'kill -9 "$(cat /run/sup.pid)"; while kill -0 "$(cat /run/sup.pid)" 2>/dev/null; do :; done',
    )
    const { changes } = await host.proves(service({ name: 'sup', state: 'started' }))
    assert.equal(changes, [{ what: 'service sup', from: 'unsupervised', to: 'started' }])
    assert.match(await status('sup'), 'status: started')
  })

  test(`${host.name}: a service that does not start is reported with its output, and so is a missing one`, async () => {
    await script(host, 'bad', 'start() { eerror no luck; return 3; }')
    assert.match(
      await host.refuses(service({ name: 'bad', state: 'started' })),
      'rc-service bad start: exit status 1',
    )
    const none = service({ name: 'none', state: 'started' })
    assert.is((await host.execute(none, true)).outcome, 'unknown')
    assert.match(await host.refuses(none), 'the service none does not exist')
    await host.finds(service({ name: 'none', state: 'stopped', enabled: false }))
  })

  test(`${host.name}: a systemd unit is refused`, async () => {
    const unit = systemdUnit({ name: 'app.service', content: '[Service]\nExecStart=/bin/true\n' })
    assert.match(await host.refuses(unit), /this host uses OpenRC; .*\/etc\/init\.d\/app/)
    assert.is(await host.sh('ls /etc/systemd/system/app.service 2>/dev/null || true'), '')
  })
}
