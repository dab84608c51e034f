import * as assert from 'uvu/assert'
import { scheduleFault } from '../../../tasks/system/cron-tables/schedule.ts'
import { cron } from '../../../tasks/system/cron.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cron on real hosts')

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: an entry is added, changed and removed, and the others stay`, async () => {
    const entry = { name: 'clean', schedule: '15 3 * * *', command: 'true "it\'s"', user: 'root' } as const
    await host.proves(cron(entry))
    await host.sh('{ crontab -l; echo "@daily other"; } >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron({ ...entry, schedule: '@hourly' }))
    const marked = (text: string): string => `# BEGIN coxswain: clean\n${text}# END coxswain: clean\n`
    assert.is(await host.sh('crontab -l'), `${marked('@hourly true "it\'s"\n')}@daily other\n`)
    // a user removed the line, not its markers: the next line is not ours
    await host.sh('crontab -l | grep -v hourly >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron(entry))
    assert.is(await host.sh('crontab -l'), `${marked('15 3 * * * true "it\'s"\n')}@daily other\n`)
    await host.sh('crontab -l | grep -v " 3 " >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron({ name: 'clean', user: 'root', state: 'absent' }))
    assert.is(await host.sh('crontab -l'), '@daily other\n')
  })
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: cron runs an entry of a file as its user`, async () => {
    const entry = { file: 'ours', schedule: '@reboot' } as const
    await host.sh('cd /etc/cron.d; echo "SHELL=/bin/sh" >ours; chmod 666 ours')
    await host.proves(
      cron({ ...entry, name: 'who', command: 'id -un >/tmp/who.new; mv /tmp/who.new /tmp/who', user: 'ops' }),
    )
    await host.proves(
      cron({ ...entry, name: 'too', command: 'id -un >/tmp/too.new; mv /tmp/too.new /tmp/too' }),
    )
    await host.sh('systemctl unmask -q cron; rm -f /run/crond.reboot; systemctl restart cron')
    assert.is(
      await host.sh('until [ -e /tmp/who ] && [ -e /tmp/too ]; do :; done; cat /tmp/who /tmp/too'),
      'ops\nroot\n',
    )
    await host.sh('systemctl mask -q --now cron')

    await host.proves(cron({ file: 'ours', name: 'who', state: 'absent' }))
    await host.proves(cron({ file: 'ours', name: 'too', state: 'absent' }))
    assert.is(
      await host.sh('cat /etc/cron.d/ours; stat -c "%U %a" /etc/cron.d/ours'),
      'SHELL=/bin/sh\nroot 644\n',
    )
    assert.is(
      (await host.execute(cron({ ...entry, name: 'x', command: 'true', user: 'ghost' }), true)).outcome,
      'unknown',
    )
  })

  test(`${host.name}: we accept the schedules that crontab accepts`, async () => {
    const all = [
      '*/5 0-23/2 1,15,31 1-12 0-7',
      '0 0 * JAN-mar mon-fri',
      '1,2-4,10-20/3 * * * *',
      '59 23 31 dec 7',
    ]
    for (const schedule of all) {
      await host.proves(cron({ name: schedule, schedule, command: 'true', user: 'root' }))
      assert.is(scheduleFault(schedule), undefined)
    }
    for (const schedule of [
      '60 * * * *',
      '0 24 * * *',
      '0 0 0 * *',
      '0 0 1 13 *',
      '0 0 * * 8',
      '5/10 * * * *',
    ]) {
      const taken = await host.sh(`echo '${schedule} true' | crontab - 2>/dev/null && echo taken || :`)
      assert.is(taken, '')
      assert.ok(scheduleFault(schedule))
    }
  })
}

for (const host of hosts.filter(({ name }) => name === 'busybox')) {
  test(`${host.name}: its cron does not read such files, which is reported`, async () => {
    const task = cron({ file: 'ours', name: 'x', schedule: '@daily', command: 'true' })
    assert.is((await host.execute(task, true)).outcome, 'unknown')
    assert.match(await host.refuses(task), 'the folder /etc/cron.d does not exist on the host')
    await host.finds(cron({ file: 'ours', name: 'x', state: 'absent' }))
  })
}
