import * as assert from 'uvu/assert'
import { serviceRestart } from '../../../tasks/system/service-restart.ts'
import { service } from '../../../tasks/system/service.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('services on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: started and enabled, restarted, stopped and disabled`, async () => {
    await host.sh('systemctl disable -q --now cron; systemctl unmask -q cron; systemctl disable -q cron')
    await host.proves(service({ name: 'cron', state: 'started', enabled: true }))
    assert.is(await host.sh('systemctl is-active cron; systemctl is-enabled cron'), 'active\nenabled\n')
    const pid = await host.sh('systemctl show cron --property=MainPID')
    await host.proves(serviceRestart({ name: 'cron' }))
    assert.is.not(await host.sh('systemctl show cron --property=MainPID'), pid)
    await host.execute(serviceRestart({ name: 'cron', ifRunning: true, reload: true }))
    await host.proves(service({ name: 'cron', state: 'stopped', enabled: false }))
    assert.is((await host.execute(serviceRestart({ name: 'cron', ifRunning: true }))).outcome, 'ok')
    assert.is((await host.execute(serviceRestart({ name: 'none', ifRunning: true }))).outcome, 'ok')
    assert.is(
      await host.sh('systemctl is-active cron; systemctl is-enabled cron || true'),
      'inactive\ndisabled\n',
    )
  })

  test(`${host.name}: restarted more often than systemd allows in a time`, async () => {
    const unit = '/etc/systemd/system/often.service'
    const limits = '[Unit]\\nStartLimitIntervalSec=600\\nStartLimitBurst=2\\n'
    await host.sh(
      `printf '${limits}[Service]\\nExecStart=/bin/sleep 1000\\n' >${unit}; systemctl start often`,
    )
    for (let time = 0; time < 4; time += 1) await host.proves(serviceRestart({ name: 'often' }))
    assert.is(await host.sh('systemctl is-active often'), 'active\n')
    // a service that ends by itself is still limited, and is reported
    await host.sh(`sed -i 's/sleep 1000/false/' ${unit}; printf 'Type=oneshot\\n' >>${unit}`)
    assert.match(await host.refuses(serviceRestart({ name: 'often' })), 'exit status 1')
    await host.sh(`systemctl reset-failed often; rm ${unit}; systemctl daemon-reload`)
  })

  test(`${host.name}: masked, and free again; one that is not installed can be masked`, async () => {
    await host.sh('systemctl unmask -q cron; systemctl enable -q --now cron')
    await host.proves(service({ name: 'cron', state: 'stopped', enabled: false, masked: true }))
    assert.is(
      await host.sh('systemctl is-enabled cron || true; systemctl is-active cron || true'),
      'masked\ninactive\n',
    )
    assert.match(await host.refuses(service({ name: 'cron', state: 'started' })), 'masked=false')
    await host.proves(service({ name: 'cron', state: 'started', enabled: true, masked: false }))
    assert.is(await host.sh('systemctl is-active cron; systemctl is-enabled cron'), 'active\nenabled\n')
    await host.sh('systemctl mask -q --runtime cron')
    await host.proves(service({ name: 'cron', masked: false }))
    await host.proves(service({ name: 'never-there', masked: true }))
    await host.proves(service({ name: 'never-there', masked: false }))
    await host.finds(service({ name: 'never-there', masked: false }))
  })

  test(`${host.name}: a changed unit file is read again before anything starts`, async () => {
    const unit = (word: string) =>
      host.sh(`printf '[Service]\\nExecStart=/bin/sleep ${word}\\n' >/etc/systemd/system/changing.service`)
    const command = () => host.sh('tr "\\0" " " </proc/$(systemctl show -P MainPID changing)/cmdline')
    await unit('1001')
    await host.proves(service({ name: 'changing', state: 'started' }))
    await unit('1002')
    await host.proves(service({ name: 'changing', state: 'started' }))
    assert.is(await host.sh('systemctl show -P NeedDaemonReload changing'), 'no\n')
    assert.is(await command(), '/bin/sleep 1001 ')
    await unit('1003')
    await host.proves(serviceRestart({ name: 'changing' }))
    assert.is(await command(), '/bin/sleep 1003 ')
    await host.sh('systemctl stop changing; rm /etc/systemd/system/changing.service; systemctl daemon-reload')
  })

  test(`${host.name}: a service that does not start is reported with its output`, async () => {
    await host.sh(
      'printf \'[Service]\\nExecStart=/bin/sh -c "echo no luck; exit 3"\\n\' >/etc/systemd/system/bad.service',
    )
    await host.sh('systemctl daemon-reload')
    assert.match(await host.refuses(service({ name: 'bad', state: 'started' })), 'bad')
  })

  test(`${host.name}: enabled means at every boot, not only the next`, async () => {
    await host.sh('systemctl disable -q cron; systemctl enable -q --runtime cron')
    await host.proves(service({ name: 'cron', enabled: true }))
    assert.is(await host.sh('systemctl is-enabled cron'), 'enabled\n')
    await host.sh('systemctl disable -q cron; systemctl enable -q --runtime cron')
    await host.proves(service({ name: 'cron', enabled: false }))
    assert.is(await host.sh('systemctl is-enabled cron || true'), 'disabled\n')
  })

  test(`${host.name}: a unit without [Install] is neither, and stays unchanged`, async () => {
    await host.sh(
      "printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/still.service; systemctl daemon-reload",
    )
    assert.is(await host.sh('systemctl is-enabled still'), 'static\n')
    await host.finds(service({ name: 'still', enabled: false }))
    // it starts when another unit requires it, also at boot: nothing to enable
    await host.finds(service({ name: 'still', enabled: true }))
  })

  test(`${host.name}: a oneshot is started once, and again only after a boot or a failure`, async () => {
    const unit = (name: string, ...lines: readonly string[]) =>
      host.sh(
        `printf '%s\\n' '[Service]' 'Type=oneshot' ${lines.map((line) => `'${line}'`).join(' ')} >/etc/systemd/system/${name}.service; systemctl daemon-reload`,
      )
    const runs = () => host.sh('wc -l </run/ran; rm -f /run/ran')
    await unit('once', 'ExecStart=/bin/sh -c "echo x >>/run/ran"')
    await unit('stays', 'RemainAfterExit=yes', 'ExecStart=/bin/sh -c "echo x >>/run/ran"')
    await unit(
      'wanted',
      'ExecStart=/bin/sh -c "echo x >>/run/ran"',
      '[Install]',
      'WantedBy=multi-user.target',
    )
    await unit('fails', 'ExecStart=/bin/sh -c "test -e /run/may"')
    for (const name of ['once', 'stays', 'wanted']) {
      await host.proves(service({ name, state: 'started' }))
      assert.is(await runs(), '1\n')
    }
    await host.proves(service({ name: 'stays', state: 'stopped' }))
    await host.proves(service({ name: 'stays', state: 'started' }))
    await host.finds(service({ name: 'once', state: 'stopped' }))
    await host.refuses(service({ name: 'fails', state: 'started' }))
    await host.sh('touch /run/may')
    await host.proves(service({ name: 'fails', state: 'started' }))
    await host.sh('rm /run/may; systemctl start fails || true')
    await host.refuses(service({ name: 'fails', state: 'started' }))
  })

  test(`${host.name}: a masked service is reported as masked`, async () => {
    await host.sh('systemctl mask -q --now cron')
    for (const expected of [{ state: 'started' }, { enabled: true }] as const)
      assert.match(
        await host.refuses(service({ name: 'cron', ...expected })),
        /cron is masked.*systemctl unmask cron/,
      )
    await host.finds(service({ name: 'cron', state: 'stopped', enabled: false }))
    await host.sh('systemctl unmask -q cron')
  })

  test(`${host.name}: a service that keeps restarting is not stopped until it is stopped explicitly`, async () => {
    await host.sh(
      "printf '[Service]\\nExecStart=/bin/false\\nRestart=always\\nRestartSec=100\\n' >/etc/systemd/system/loop.service; systemctl daemon-reload; systemctl start loop; until systemctl show loop | grep -q auto-restart; do sleep 0.1; done",
    )
    await host.proves(service({ name: 'loop', state: 'stopped' }))
    assert.is(await host.sh('systemctl is-active loop || true'), 'inactive\n')
  })
}
