import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { alternatives } from '../../../tasks/system/alternatives.ts'
import { parseGroup } from '../../../tasks/system/link-groups/administered.ts'
import { suite } from '../../support/spec.ts'

const test = suite('alternatives')

const file = '/var/lib/dpkg/alternatives/editor'
const link = (content: string) => ({ content, type: 'link' as const })
const group = (mode: string, ...choices: readonly (readonly [path: string, priority: number | string])[]) =>
  `${mode}\n/usr/bin/editor\neditor.1.gz\n/usr/share/man/man1/editor.1.gz\n\n${choices
    .map(([path, priority]) => `${path}\n${priority}\n${path === '/usr/bin/vi' ? '/man/vi.1.gz' : ''}\n`)
    .join('')}\n`

/** A host with two editors, and the group after a change. */
const host = (
  before: string | undefined,
  current: string,
  after: string,
  then = current,
  place = file,
): World => {
  const replies = {
    'command -v update-alternatives': '/usr/bin/update-alternatives\n',
  }
  return {
    files: {
      '/usr/bin/vi': '',
      '/bin/ed': '',
      ...(before !== undefined && { [place]: before, '/etc/alternatives/editor': link(current) }),
    },
    replies,
    patterns: [
      [
        /^update-alternatives --(install|set|auto|remove) /,
        (_, files) => {
          files.set(place, { content: after })
          files.set('/etc/alternatives/editor', link(then))
          return ''
        },
      ],
    ],
  }
}
const two = group('auto', ['/bin/ed', -100], ['/usr/bin/vi', 30])

test('a program is chosen, in manual mode', async () => {
  const task = alternatives({ name: 'editor', path: '/bin/ed' })
  const run = await rehearse(task, host(two, '/usr/bin/vi', two.replace('auto', 'manual'), '/bin/ed'))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['update-alternatives --set editor /bin/ed'])
  assert.equal(
    run.changes.map(({ what, from, to }) => [what, from, to]),
    [
      ['alternative editor', '/usr/bin/vi', '/bin/ed'],
      ['mode of editor', 'auto', 'manual'],
    ],
  )
})

test('a new group gets its link, its followers and its priority', async () => {
  const followers = [{ name: 'editor.1.gz', link: '/usr/share/man/man1/editor.1.gz', path: '/man/vi.1.gz' }]
  const task = alternatives({
    name: 'editor',
    path: '/usr/bin/vi',
    link: '/usr/bin/editor',
    priority: '40',
    followers,
    state: 'present',
  })
  const run = await rehearse(task, host(undefined, '', group('auto', ['/usr/bin/vi', 40]), '/usr/bin/vi'))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    'update-alternatives --install /usr/bin/editor editor /usr/bin/vi 40 --slave /usr/share/man/man1/editor.1.gz editor.1.gz /man/vi.1.gz',
  ])
})

test('another priority keeps the followers, and on Red Hat the family', async () => {
  const redhat = '/var/lib/alternatives/editor'
  const task = alternatives({ name: 'editor', path: '/usr/bin/vi', priority: 7, state: 'present' })
  const of = (priority: number): string => group('auto', ['/usr/bin/vi', `@small@${priority}`])
  const run = await rehearse(task, host(of(3), '/usr/bin/vi', of(7), '/usr/bin/vi', redhat))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    'update-alternatives --install /usr/bin/editor editor /usr/bin/vi 7 --family small --slave /usr/share/man/man1/editor.1.gz editor.1.gz /man/vi.1.gz',
  ])
})

test('automatic mode, and removal', async () => {
  const manual = two.replace('auto', 'manual')
  const auto = await rehearse(
    alternatives({ name: 'editor', state: 'auto' }),
    host(manual, '/bin/ed', two, '/usr/bin/vi'),
  )
  assert.equal(auto.commands.apply, ['update-alternatives --auto editor'], String(auto.error))
  const gone = alternatives({ name: 'editor', path: '/bin/ed', state: 'absent' })
  const run = await rehearse(gone, host(two, '/usr/bin/vi', group('auto', ['/usr/bin/vi', 30])))
  assert.equal(run.commands.apply, ['update-alternatives --remove editor /bin/ed'], String(run.error))
  assert.is((await rehearse(gone, host(undefined, '', ''))).outcome, 'ok')
})

test('what is right is ok', async () => {
  const right = host(two, '/usr/bin/vi', '')
  assert.is((await rehearse(alternatives({ name: 'editor', state: 'auto' }), right)).outcome, 'ok')
  const present = alternatives({
    name: 'editor',
    path: '/bin/ed',
    priority: -100,
    followers: [],
    state: 'present',
  })
  assert.is((await rehearse(present, right)).outcome, 'ok')
})

test('what is missing is unknown under --check, and an error with a way out in a run', async () => {
  const missing = await rehearse(
    alternatives({ name: 'editor', path: '/opt/e' }),
    host(two, '/usr/bin/vi', ''),
  )
  assert.is(missing.predicted, 'unknown')
  assert.match(String(missing.error), '/opt/e does not exist')
  const none = {
    ...host(two, '/usr/bin/vi', ''),
    replies: { 'command -v update-alternatives': { code: 127 } },
  }
  const without = await rehearse(alternatives({ name: 'editor', path: '/bin/ed' }), none)
  assert.is(without.predicted, 'unknown')
  assert.match(String(without.error), 'update-alternatives is not installed')
  const unnamed = await rehearse(alternatives({ name: 'editor', path: '/bin/ed' }), host(undefined, '', ''))
  assert.match(String(unnamed.error), 'there is no group of alternatives editor')
})

test('a file with another layout is an error; bad parameters are refused', () => {
  for (const text of ['', 'auto\n', 'auto\nx\n\n', 'auto\n/l\nname\n\n', 'auto\n/l\n\n/p\nx\n'])
    assert.throws(() => parseGroup(text, '/f'), /\/f does not have the layout/)
  assert.throws(() => alternatives({ name: 'editor' }), /a path is needed/)
  assert.throws(() => alternatives({ name: '-x', path: '/a' }), /must be a name without slashes/)
})
