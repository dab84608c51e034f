/** Timers, judged by systemd. */
import * as assert from 'uvu/assert'
import { timer } from '../../../tasks/system/timer.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('timers on real hosts')

for (const host of realHosts('debian')) {
  const given = { name: 'tick', command: "/bin/sh -c 'echo 100%% >>/run/ticks'", calendar: 'yearly' }
  const next = (): Promise<string> => host.sh('systemctl list-timers --all --no-legend tick.timer')

  test(`${host.name}: written, started and enabled; another time counts at once`, async () => {
    await host.proves(timer(given))
    assert.match(await next(), /Jan-0?1|-01-01 .* tick\.timer +tick\.service/)
    assert.is(
      await host.sh('systemctl is-active tick.timer; systemctl is-enabled tick.timer'),
      'active\nenabled\n',
    )
    await host.sh('systemctl start tick.service')
    assert.is(await host.sh('cat /run/ticks'), '100%\n')
    await host.proves(
      timer({ ...given, calendar: ['*-06-01', '*-06-02 03:00'], persistent: true, randomDelay: 1 }),
    )
    assert.match(await next(), /-06-01 /)
    await host.proves(timer({ ...given, calendar: undefined, every: 1, afterBoot: 1, accuracy: 1 }))
    await host.sh('until [ "$(wc -l </run/ticks)" -ge 3 ]; do sleep 0.1; done')
    await host.sh('systemctl stop tick.timer; systemctl -q disable tick.timer')
    await host.proves(timer(given))
    await host.proves(timer({ name: 'tick', state: 'absent' }))
    assert.is(
      await host.sh(
        'systemctl list-unit-files --no-legend "tick*"; ls /etc/systemd/system | grep -c tick || true',
      ),
      '0\n',
    )
    await host.finds(timer({ name: 'tick', state: 'absent' }))
  })

  test(`${host.name}: a service of the administrator stays when its timer is removed`, async () => {
    await host.sh(
      "printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/own.service; systemctl daemon-reload",
    )
    await host.proves(timer({ name: 'own', calendar: 'yearly' }))
    await host.proves(timer({ name: 'own', state: 'absent' }))
    assert.is(await host.sh('systemctl show --property=LoadState --value own.service'), 'loaded\n')
    await host.finds(timer({ name: 'own', state: 'absent' }))
  })

  test(`${host.name}: what systemd does not understand is not written`, async () => {
    assert.match(await host.refuses(timer({ ...given, calendar: 'someday' })), 'tick.timer was not replaced')
    assert.match(
      await host.refuses(timer({ ...given, command: 'relative' })),
      'tick.service was not replaced',
    )
    assert.match(
      await host.refuses(timer({ name: 'alone', calendar: 'daily' })),
      'the service alone does not exist',
    )
    await host.proves(timer({ name: 'systemd-tmpfiles-clean', every: 172_800 }))
    await host.sh(
      'systemctl stop systemd-tmpfiles-clean.timer; rm /etc/systemd/system/systemd-tmpfiles-clean.timer; systemctl daemon-reload',
    )
  })
}
