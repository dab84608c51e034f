import * as assert from 'uvu/assert'
import { cron } from '../../../tasks/system/cron.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cron on real hosts', { seconds: 60 })

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: an entry comes, changes and goes, and the others stay`, async () => {
    const entry = { name: 'clean', schedule: '15 3 * * *', command: 'true "it\'s"', user: 'root' } as const
    await host.proves(cron(entry))
    await host.sh('{ crontab -l; echo "@daily other"; } >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron({ ...entry, schedule: '@hourly' }))
    const marked = (text: string): string => `# BEGIN coxswain: clean\n${text}# END coxswain: clean\n`
    assert.is(await host.sh('crontab -l'), `${marked('@hourly true "it\'s"\n')}@daily other\n`)
    // somebody took out the line, not its marks: the next one is not ours
    await host.sh('crontab -l | grep -v hourly >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron(entry))
    assert.is(await host.sh('crontab -l'), `${marked('15 3 * * * true "it\'s"\n')}@daily other\n`)
    await host.sh('crontab -l | grep -v " 3 " >/tmp/t; crontab -u root /tmp/t')
    await host.proves(cron({ name: 'clean', user: 'root', state: 'absent' }))
    assert.is(await host.sh('crontab -l'), '@daily other\n')
  })
}
