import * as assert from 'uvu/assert'
import { service } from '../../../tasks/system/service.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('systemd-unit on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: a unit that starts, an effective drop-in, and a change that is loaded`, async () => {
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

  test(`${host.name}: an invalid unit is not written`, async () => {
    for (const bad of ['ExecStart=relative\n', 'ExecStart=/bin/true\nMemoryMax=lots\n'])
      assert.match(
        await host.refuses(systemdUnit({ name: 'bad.service', content: `[Service]\n${bad}` })),
        '/etc/systemd/system/bad.service was not replaced',
      )
    const documented = '[Unit]\nDocumentation=man:none(1)\n[Service]\nExecStart=/bin/true\n'
    await host.proves(systemdUnit({ name: 'good.service', content: documented }))
    assert.is(
      await host.sh('ls -d /etc/systemd/system/bad* /etc/systemd/system/.coxswain* 2>/dev/null || true'),
      '',
    )
  })
  const dropIn = (content: string, name = 'ssh.service') => systemdUnit({ name, dropIn: 'override', content })

  test(`${host.name}: a drop-in that breaks its unit is not written, nor one with a line that systemd ignores`, async () => {
    const good = '[Unit]\nDescription=ours\n'
    const shown = (): Promise<string> => host.sh('systemctl show ssh --property=Description --value')
    // it names manual pages, which are not on the host
    await host.proves(dropIn(good))
    assert.is(await shown(), 'ours\n')
    for (const bad of [
      '[Service]\nExecStart=/bin/true\n',
      '[Service]\nExecStart=\nExecStart=/usr/bin/none\n',
      '[Service]\nExecStart=\n',
      '[Service]\nMemoryMax=lots\n',
      '[Service]\nType=nonsense\n',
      '[Unit\nDescription=x\n',
      'Description=x\n',
      '[Unit]\nDescription\n',
    ])
      assert.match(
        await host.refuses(dropIn(bad)),
        '/etc/systemd/system/ssh.service.d/override.conf was not replaced',
        bad,
      )
    assert.is(
      await host.sh('cd /etc/systemd/system/ssh.service.d; ls -A; cat override.conf'),
      `override.conf\n${good}`,
    )
    // a newer systemd could know it
    await host.proves(dropIn('[Unit]\nDescription=ours\nFromTheFuture=yes\n'))
    await host.proves(systemdUnit({ name: 'ssh.service', dropIn: 'override', state: 'absent' }))
    assert.is.not(await shown(), 'ours\n')
    assert.is(await host.sh('ls -d /etc/systemd/system/ssh.service.d /tmp/tmp.* 2>/dev/null || :'), '')
  })

  test(`${host.name}: a drop-in can fix a unit, and be added to one that is faulty for other reasons`, async () => {
    await host.sh(
      'cd /etc/systemd/system; printf "[Service]\nExecStart=/usr/bin/none\n" >later.service; systemctl daemon-reload',
    )
    await host.proves(dropIn('[Unit]\nDescription=x\n', 'later.service'))
    await host.proves(dropIn('[Service]\nExecStart=\nExecStart=/bin/true\n', 'later.service'))
    assert.match(
      await host.refuses(dropIn('[Service]\nExecStart=\n', 'later.service')),
      'override.conf was not replaced',
    )
    await host.proves(dropIn('[Unit]\nDescription=x\n', 'none-yet.service'))
  })

  test(`${host.name}: templates, and their instances`, async () => {
    const run = '[Service]\nExecStart=/bin/sleep 2147483003 %i\n'
    await host.proves(systemdUnit({ name: 'many@.service', content: run }))
    await host.sh('systemctl start many@one')
    await host.proves(dropIn('[Unit]\nDescription=all %i\n', 'many@.service'))
    assert.is(await host.sh('systemctl show many@one --property=Description --value'), 'all one\n')
    await host.proves(dropIn('[Unit]\nDescription=only %i\n', 'many@one.service'))
    assert.is(await host.sh('systemctl show many@one --property=Description --value'), 'only one\n')
    assert.match(await host.refuses(dropIn('[Service]\nExecStart=\n', 'many@.service')), 'was not replaced')
    // changed by hand, and not reloaded since
    await host.sh('echo "# more" >>/etc/systemd/system/many@.service')
    await host.proves(systemdUnit({ name: 'many@.service', content: `${run}# more\n` }))
    await host.sh('systemctl stop many@one')
  })
}
