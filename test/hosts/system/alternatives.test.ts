/** update-alternatives of Debian. */
import * as assert from 'uvu/assert'
import { alternatives } from '../../../tasks/system/alternatives.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('alternatives on real hosts')

for (const host of realHosts('debian')) {
  test(`${host.name}: added, chosen, automatic again, removed`, async () => {
    await host.sh(
      'cp /bin/true /usr/local/bin/one; cp /bin/false /usr/local/bin/two; echo >/usr/local/share/two.1',
    )
    const group = { name: 'which-one', link: '/usr/bin/which-one' }
    const leads = (): Promise<string> => host.sh('readlink -f /usr/bin/which-one')
    await host.proves(alternatives({ ...group, path: '/usr/local/bin/one', priority: 10, state: 'present' }))
    const followers = [
      { name: 'which-one.1', link: '/usr/share/which-one.1', path: '/usr/local/share/two.1' },
    ]
    const two = { ...group, path: '/usr/local/bin/two', priority: 5 }
    await host.proves(alternatives({ ...two, followers, state: 'present' }))
    assert.is(await leads(), '/usr/local/bin/one\n')
    await host.proves(alternatives({ name: 'which-one', path: '/usr/local/bin/two' }))
    assert.is(await leads(), '/usr/local/bin/two\n')
    assert.is(await host.sh('readlink -f /usr/share/which-one.1'), '/usr/local/share/two.1\n')
    await host.proves(alternatives({ ...two, priority: 6 }))
    assert.is(await host.sh('readlink -f /usr/share/which-one.1'), '/usr/local/share/two.1\n')
    await host.proves(alternatives({ name: 'which-one', state: 'auto' }))
    assert.match(
      await host.sh('update-alternatives --query which-one'),
      /Status: auto\nBest: .*one\nValue: .*one\n/,
    )
    await host.proves(alternatives({ ...two, state: 'absent' }))
    await host.proves(alternatives({ name: 'which-one', path: '/usr/local/bin/one', state: 'absent' }))
    assert.is(await host.sh('ls /usr/bin/which-one 2>/dev/null || echo none'), 'none\n')
    assert.match(
      await host.refuses(alternatives({ name: 'none', path: '/bin/sh' })),
      'no group of alternatives',
    )
  })
}
