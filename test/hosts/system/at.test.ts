/** at of Debian. */
import * as assert from 'uvu/assert'
import { at } from '../../../tasks/system/at.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('at on a real host')

for (const host of realHosts('tools')) {
  const job = { name: "tidy [it's] $1", time: 'now + 1 hour', command: 'echo "a  b\\n" \n\n# $HOME\n' }

  test(`${host.name}: added once, replaced, and removed`, async () => {
    await host.proves(at(job))
    await host.finds(at({ ...job, time: '23:59' }))
    await host.proves(at({ name: 'other', time: '03:00 2030-01-31', command: 'true', queue: 'b' }))
    assert.match(await host.sh('atq | sort'), /\tThu Jan 31 03:00:00 2030 b root\n/)
    await host.proves(at({ ...job, command: 'true' }))
    assert.is(await host.sh('atq | wc -l'), '2\n')
    await host.proves(at({ name: job.name, state: 'absent' }))
    await host.finds(at({ name: 'other', time: '03:00 2030-01-31', command: 'true' }))
    assert.match(await host.refuses(at({ ...job, time: 'never' })), 'at never')
  })

  test(`${host.name}: jobs of another user do not count; a time that is refused costs no job`, async () => {
    await host.sh('id bob 2>/dev/null || useradd bob')
    const shared = { name: 'shared', time: '03:00 2030-01-31', command: 'true' }
    await host.sh(
      "printf '# coxswain: shared\\ntrue\\n# coxswain: end of shared\\n' | su bob -s /bin/sh -c 'at 03:00 2030-01-31'",
    )
    await host.proves(at(shared))
    assert.match(await host.refuses(at({ ...shared, command: 'false', time: 'never' })), 'at never')
    await host.finds(at(shared))
    await host.proves(at({ name: 'shared', state: 'absent' }))
    assert.is(await host.sh("atq | grep -c 'bob$'"), '1\n')
  })

  test(`${host.name}: a job runs, and is not added again when it is done`, async () => {
    const task = at({ name: 'now', time: 'now', command: 'echo done >/run/done', creates: '/run/done' })
    await host.execute(task)
    await host.sh('until [ -s /run/done ]; do sleep 0.1; done')
    await host.finds(task)
  })
}
