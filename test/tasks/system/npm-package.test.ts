import * as assert from 'uvu/assert'
import type { LogEntry, ScriptedFile } from '../../../engine/connection/scripted.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { lockChanges } from '../../../tasks/system/languages/npm-lock.ts'
import { npmPackage } from '../../../tasks/system/npm-package.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('npm-package')

const host = (root: string, before: string | undefined, after: string | undefined): World => {
  const file = `${root}/pm2/package.json`
  return {
    files: before === undefined ? {} : { [file]: `{"version":"${before}"}` },
    patterns: [
      [/^command -v npm$/, '/usr/bin/npm\n'],
      [/^npm root --global --no-update-notifier --cache=\/dev\/null$/, '/usr/lib/node_modules\n'],
      [
        /^(cd -- \/srv\/app \|\| exit; )?npm (install|uninstall) /,
        (_, files) => {
          files.delete(file)
          if (after !== undefined) files.set(file, { content: `{"version":"${after}"}` })
          return ''
        },
      ],
    ],
  }
}
const everywhere = '/usr/lib/node_modules'

test('installed for all users, with its version, and removed', async () => {
  const task = npmPackage({ name: 'pm2', version: '5.3.0', options: '--ignore-scripts' })
  const run = await rehearse(task, host(everywhere, '5.2.0', '5.3.0'))
  assert.equal(
    [run.outcome, run.commands.apply],
    [
      'changed',
      ['npm install --global --no-audit --no-fund --no-update-notifier --ignore-scripts pm2@5.3.0'],
    ],
    String(run.error),
  )
  assert.equal(run.changes, [{ what: 'npm package pm2', from: '5.2.0', to: '5.3.0' }])
  assert.is((await rehearse(npmPackage({ name: 'pm2' }), host(everywhere, '5.2.0', ''))).outcome, 'ok')
  const gone = npmPackage({ name: 'pm2', state: 'absent' })
  assert.equal((await rehearse(gone, host(everywhere, '5.2.0', undefined))).commands.apply, [
    'npm uninstall --global --no-audit --no-fund --no-update-notifier pm2',
  ])
  assert.is((await rehearse(gone, host(everywhere, undefined, undefined))).outcome, 'ok')
})

test('installed in a project', async () => {
  const run = await rehearse(
    npmPackage({ name: 'pm2', folder: '/srv/app' }),
    host('/srv/app/node_modules', undefined, '5.3.0'),
  )
  assert.equal(run.commands.apply, [
    'cd -- /srv/app || exit; npm install --no-audit --no-fund --no-update-notifier pm2',
  ])
})

const lock = (...packages: readonly (readonly [name: string, more: object])[]): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries([
      ['', {}],
      ...packages.map(([name, more]) => [`node_modules/${name}`, more]),
    ]),
  })

test('all packages of a lock file', async () => {
  const [path, installed] = ['/srv/app/package-lock.json', '/srv/app/node_modules/.package-lock.json']
  const text = lock(['a', { version: '1.0.0' }], ['b', { version: '2.0.0' }])
  const world = {
    files: { [path]: text, [installed]: lock(['a', { version: '1.0.0' }]) },
    patterns: [
      [/^command -v npm$/, '/usr/bin/npm\n'],
      [
        /^cd -- \/srv\/app \|\| exit; npm ci /,
        (_: LogEntry, files: Map<string, ScriptedFile>) => {
          files.set(installed, { content: text })
          return ''
        },
      ],
    ],
  } satisfies World
  const run = await rehearse(npmPackage({ folder: '/srv/app', production: true }), world)
  assert.equal(
    run.commands.apply,
    ['cd -- /srv/app || exit; npm ci --no-audit --no-fund --no-update-notifier --omit=dev'],
    String(run.error),
  )
  assert.equal(run.changes, [{ what: 'node_modules/b in /srv/app', from: undefined, to: '2.0.0' }])
  const none = await rehearse(npmPackage({ folder: '/srv/x' }), { patterns: world.patterns })
  assert.is(none.predicted, 'unknown')
  assert.match(String(none.error), '/srv/x/package-lock.json does not exist')
})

test('packages that are optional, linked or for development', () => {
  const wanted = lock(
    ['a', { version: '1.0.0', optional: true }],
    ['b', { version: '1.0.0', dev: true }],
    ['c', { link: true }],
  )
  assert.equal(lockChanges('/x', wanted, undefined, true), [])
  assert.is(lockChanges('/x', wanted, undefined, false).length, 1)
  assert.equal(lockChanges('/x', wanted, wanted, false), [])
  assert.equal(lockChanges('/x', wanted, wanted, true), [
    { what: 'node_modules/b in /x', from: '1.0.0', to: undefined },
  ])
  assert.throws(() => lockChanges('/x', '{"lockfileVersion":1}', undefined, false), /layout of npm 7/)
  assert.throws(() => lockChanges('/x', 'x', undefined, false), /layout of npm 7/)
})

test('without npm it is unknown; bad parameters are refused', async () => {
  const run = await rehearse(npmPackage({ name: 'pm2' }), {
    patterns: [[/^command -v npm$/, { code: 127 }]],
  })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'npm is not installed')
  assert.throws(() => npmPackage({ name: '--prefix' }), /name of a package/)
  assert.throws(() => npmPackage({ name: 'a', version: '^1' }), /complete version/)
  assert.throws(() => npmPackage({}), /a name or a folder/)
  assert.throws(() => npmPackage({ folder: '/x', state: 'absent' }), /need a name/)
})

test('the newest version of the registry', async () => {
  const seen: World['patterns'] = [
    [sentPattern('tasks/system/npm-newest.sh', 'pm2 --registry=http://r.example'), '5.4.0\n'],
  ]
  const at = (world: World): World => ({ ...world, patterns: [...seen, ...(world.patterns ?? [])] })
  const task = npmPackage({ name: 'pm2', state: 'latest', options: '--registry=http://r.example' })
  const run = await rehearse(task, at(host(everywhere, '5.2.0', '5.4.0')))
  assert.equal(run.changes, [{ what: 'npm package pm2', from: '5.2.0', to: '5.4.0' }], String(run.error))
  assert.equal(run.commands.apply, [
    'npm install --global --no-audit --no-fund --no-update-notifier --registry=http://r.example pm2@5.4.0',
  ])
  assert.is((await rehearse(task, at(host(everywhere, '5.4.0', undefined)))).outcome, 'ok')
  const own = npmPackage({
    name: 'pm2',
    folder: '/srv/app',
    state: 'latest',
    options: '--@x:registry=http://r',
  })
  const asked: string[] = []
  const inFolder = await rehearse(own, {
    files: { '/srv/app/node_modules/pm2/package.json': '{"version":"5.4.0"}' },
    patterns: [
      [/^command -v npm$/, ''],
      [
        /npm view/,
        ({ script }) => {
          asked.push(script)
          return '5.4.0\n'
        },
      ],
    ],
  })
  assert.is(inFolder.outcome, 'ok', String(inFolder.error))
  assert.match(asked[0] ?? '', /cd .*\/srv\/app.*set -- pm2 --@x:registry=http:\/\/r\n/)
  const none = await rehearse(own, {
    patterns: [
      [/^command -v npm$/, ''],
      [/npm view/, { code: 1 }],
    ],
  })
  assert.is(none.predicted, 'unknown')
  assert.throws(() => npmPackage({ folder: '/srv/app', state: 'latest' }), /need a name/)
  assert.throws(() => npmPackage({ name: 'a', version: '1.0.0', state: 'latest' }), /exclude each other/)
})
