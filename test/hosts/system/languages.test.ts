/** pip, npm and gem of Debian, with repositories on the host. */
import * as assert from 'uvu/assert'
import { gem } from '../../../tasks/system/gem.ts'
import { npmPackage } from '../../../tasks/system/npm-package.ts'
import { pip } from '../../../tasks/system/pip.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('packages of languages on a real host')

for (const host of realHosts('tools')) {
  test(`${host.name}: packages of Python in a virtual environment`, async () => {
    const virtualenv = '/opt/app venv'
    const version = (name: string): Promise<string> =>
      host.sh(`'/opt/app venv/bin/python' -c 'import ${name}; print(${name}.version)'`)
    await host.proves(pip({ name: 'Plum==1.0', virtualenv }))
    assert.is(await version('plum'), '1.0\n')
    await host.finds(pip({ name: ['plum', 'plum<2', 'plum==1'], virtualenv }))
    await host.proves(pip({ name: 'plum>=1.5', virtualenv }))
    assert.is(await version('plum'), '2.0\n')
    await host.sh("printf '# ours\\nplum==1.0\\npear>=1  # any\\n' >/srv/requirements.txt")
    await host.proves(pip({ requirements: '/srv/requirements.txt', virtualenv }))
    assert.is((await version('plum')) + (await version('pear')), '1.0\n2.0\n')
    await host.proves(pip({ name: 'plum', virtualenv, state: 'latest' }))
    assert.is(await version('plum'), '2.0\n')
    await host.proves(pip({ name: 'plum', virtualenv, state: 'absent' }))
    await host.finds(pip({ name: 'plum', virtualenv, state: 'absent' }))
    assert.match(await host.refuses(pip({ name: 'none-such', virtualenv })), 'pip')
    // what an upgrade of Python leaves
    await host.sh("ln -sf /nowhere '/opt/app venv/bin/python'")
    assert.match(await host.refuses(pip({ name: 'pear', virtualenv })), 'does not work')
  })

  test(`${host.name}: packages of npm, for all users and in a project`, async () => {
    await host.sh('rm -rf /root/.npm')
    assert.is((await host.execute(npmPackage({ name: 'plum' }), true)).outcome, 'would change')
    assert.is(await host.sh('ls /root/.npm 2>/dev/null || echo none'), 'none\n')
    await host.proves(npmPackage({ name: 'plum', version: '1.0.0' }))
    await host.finds(npmPackage({ name: 'plum' }))
    await host.proves(npmPackage({ name: 'plum', state: 'latest' }))
    await host.finds(npmPackage({ name: 'plum', version: '2.0.0' }))
    assert.match(await host.sh('npm ls --global plum'), 'plum@2.0.0')
    await host.proves(npmPackage({ name: 'plum', state: 'absent' }))
    await host.sh('mkdir -p /srv/app; cd /srv/app; echo "{}" >package.json')
    await host.proves(npmPackage({ name: 'plum', version: '1.0.0', folder: '/srv/app' }))
    await host.finds(npmPackage({ folder: '/srv/app' }))
    await host.sh('rm -r /srv/app/node_modules')
    await host.proves(npmPackage({ folder: '/srv/app', production: true }))
    assert.match(await host.sh('cd /srv/app; npm ls'), 'plum@1.0.0')
    assert.match(await host.refuses(npmPackage({ name: 'none-such' })), 'npm install')
  })

  test(`${host.name}: gems, for all users and in a folder`, async () => {
    await host.proves(gem({ name: 'plum', version: '1.0' }))
    await host.finds(gem({ name: 'plum' }))
    await host.proves(gem({ name: 'plum', state: 'latest' }))
    await host.finds(gem({ name: 'plum', version: '2.0' }))
    assert.is(await host.sh('gem list --local --exact plum'), 'plum (2.0, 1.0)\n')
    await host.proves(gem({ name: 'plum', version: '1.0', state: 'absent' }))
    await host.proves(gem({ name: 'plum', folder: '/opt/gems' }))
    await host.proves(gem({ name: 'plum', state: 'absent' }))
    await host.finds(gem({ name: 'plum', folder: '/opt/gems' }))
    assert.match(await host.sh('ls /opt/gems/gems'), 'plum-2.0')
    await host.proves(gem({ name: 'plum', folder: '/opt/gems', state: 'absent' }))
    assert.match(await host.refuses(gem({ name: 'none-such' })), 'gem install')
  })
}
