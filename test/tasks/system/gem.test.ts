import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { gem, sourcesOf, versionsIn } from '../../../tasks/system/gem.ts'
import { suite } from '../../support/spec.ts'

const test = suite('gem')

const host = (before: string, after: string): World => {
  let list = before
  return {
    patterns: [
      [/^gem list --local --exact plum$/, () => list],
      [
        /^gem (install|uninstall) /,
        () => {
          list = after
          return ''
        },
      ],
    ],
  }
}

test('installed with its version, and removed', async () => {
  const task = gem({ name: 'plum', version: '2.0', options: '--clear-sources' })
  const run = await rehearse(task, host('plum (1.0)\n', 'plum (2.0, 1.0)\n'))
  assert.equal(
    run.commands.apply,
    ['gem install plum --version 2.0 --no-document --clear-sources'],
    String(run.error),
  )
  assert.equal(run.changes, [{ what: 'gem plum 2.0', from: '1.0', to: '2.0' }])
  assert.is((await rehearse(gem({ name: 'plum' }), host('plum (1.0)\n', ''))).outcome, 'ok')
  const gone = gem({ name: 'plum', state: 'absent' })
  assert.equal((await rehearse(gone, host('plum (2.0, 1.0)\n', ''))).commands.apply, [
    'gem uninstall plum --all --executables --ignore-dependencies',
  ])
  const one = gem({ name: 'plum', version: '1.0', state: 'absent' })
  assert.equal((await rehearse(one, host('plum (2.0, 1.0)\n', 'plum (2.0)\n'))).commands.apply, [
    'gem uninstall plum --version 1.0 --executables --ignore-dependencies',
  ])
  assert.is((await rehearse(one, host('plum (2.0)\n', ''))).outcome, 'ok')
})

test('the list of gems', () => {
  assert.equal(versionsIn('json (2.7.0, default: 2.6.1)\njson_pure (1.0)\n', 'json'), ['2.7.0', '2.6.1'])
  assert.equal(versionsIn('nokogiri (1.15.4 x86_64-linux)\n', 'nokogiri'), ['1.15.4'])
  assert.equal(versionsIn('\n', 'json'), [])
})

test('a gem that does not work is an error', async () => {
  for (const state of ['present', 'absent'] as const) {
    const broken = { patterns: [[/^gem list/, { code: 1, stderr: 'no such file to load' }]] } satisfies World
    const run = await rehearse(gem({ name: 'plum', state }), broken)
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), 'gem list plum: exit status 1')
  }
})

test('without gem it is unknown; bad parameters are refused', async () => {
  const run = await rehearse(gem({ name: 'plum' }), { patterns: [[/^gem list/, { code: 127 }]] })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'gem is not installed')
  assert.throws(() => gem({ name: '-x' }), /name of a gem/)
  assert.throws(() => gem({ name: 'x', version: '>= 1' }), /must be a version/)
})

test('the newest version of the sources', async () => {
  const remote = (world: World): World => ({
    patterns: [[/^gem list --remote --exact plum$/, 'plum (2.0)\n'], ...(world.patterns ?? [])],
  })
  const task = gem({ name: 'plum', state: 'latest' })
  const run = await rehearse(task, remote(host('plum (1.0)\n', 'plum (2.0, 1.0)\n')))
  assert.equal(run.commands.apply, ['gem install plum --version 2.0 --no-document'], String(run.error))
  assert.equal(run.changes, [{ what: 'gem plum 2.0', from: '1.0', to: '2.0' }])
  assert.is((await rehearse(task, remote(host('plum (2.0, 1.0)\n', '')))).outcome, 'ok')
  const sources = [
    '--clear-sources',
    '--source',
    'http://a.example',
    '-shttp://b.example',
    '--source=http://c.example',
  ]
  assert.equal(sourcesOf(['--no-wrappers', ...sources, '--user-install']), sources)
  const own = await rehearse(gem({ name: 'plum', state: 'latest', options: sources.slice(0, 3) }), {
    patterns: [
      [/^gem list --remote --exact plum --clear-sources --source http:\/\/a\.example$/, 'plum (1.0)\n'],
      [/^gem list --local/, 'plum (1.0)\n'],
    ],
  })
  assert.is(own.outcome, 'ok', String(own.error))
  const none = {
    patterns: [
      [/^gem list --local/, 'plum (1.0)\n'],
      [/^gem list --remote/, '\n'],
    ],
  } satisfies World
  assert.match(String((await rehearse(task, none)).error), 'the gem sources do not have plum')
  assert.throws(() => gem({ name: 'x', version: '1', state: 'latest' }), /exclude each other/)
})
