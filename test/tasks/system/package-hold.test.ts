import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { namesInList } from '../../../tasks/system/package-managers/dnf-versionlock.ts'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-hold')

const host = (...held: string[]): World => ({
  files: { '/etc/os-release': 'ID=debian\n' },
  patterns: [
    [/^dpkg-query -W -f .*Provides/, 'installed\tgit\tamd64\t1:2.39\tgit-completion, git-core\n'],
    [
      /^dpkg-query -W /,
      'a 1 installed amd64\nb 1 installed amd64\nc 1 installed amd64\ngit 1:2.39 installed amd64\namd64\n',
    ],
    [/^apt-cache policy /, ''],
    [/^apt-mark showhold$/, () => held.map((name) => `${name}\n`).join('')],
    [/^apt-mark hold (.*)$/, ({ script }) => (held.push(...script.split(' ').slice(2)), '')],
    [
      /^apt-mark unhold (.*)$/,
      ({ script }) => {
        for (const name of script.split(' ').slice(2)) held.splice(held.indexOf(name), 1)
        return ''
      },
    ],
  ],
})

test('only free packages are held, and only held packages are released', async () => {
  const run = await rehearse(packageHold({ name: ['a', 'b'] }), host('a'))
  assert.equal([run.outcome, run.commands.apply], ['changed', ['apt-mark hold b']])
  assert.is((await rehearse(packageHold({ name: 'a' }), host('a'))).outcome, 'ok')
  const free = await rehearse(packageHold({ name: ['a', 'b'], state: 'free' }), host('a', 'c'))
  assert.equal(free.commands.apply, ['apt-mark unhold a'])
})

test('for a virtual package, the package that provides it is held', async () => {
  const held: string[] = []
  const world = host(...held)
  const run = await rehearse(packageHold({ name: ['git-core', 'git'] }), world)
  assert.equal(
    [run.outcome, run.predicted, run.commands.apply],
    ['changed', 'would change', ['apt-mark hold git']],
    String(run.error),
  )
  assert.equal(
    run.changes.map(({ what }) => what),
    ['package git, which provides git-core', 'package git'],
  )
  assert.is((await rehearse(packageHold({ name: 'git-core' }), host('git'))).outcome, 'ok')
  const free = await rehearse(packageHold({ name: 'git-core', state: 'free' }), host('git'))
  assert.equal(free.commands.apply, ['apt-mark unhold git'])
})

test('dnf holds with versionlock, whose lists are read', async () => {
  const list = '/etc/dnf/plugins/versionlock.list'
  const world: World = {
    files: { '/etc/os-release': 'ID=fedora\n', [list]: '# Added lock\na-0:1.0-1.*\n!c-0:1.0-1.*\n' },
    patterns: [
      [
        /^dnf versionlock add b c$/,
        (_, files) => {
          files.set(list, { content: 'a-0:1.0-1.*\nb-x-1:2.0-1.el9.*\n' })
          files.set('/etc/dnf/versionlock.toml', {
            content: '[[packages]]\nname = "b"\n[[packages]]\nname = "c"\n',
          })
          return ''
        },
      ],
      [/^dnf versionlock delete a$/, { code: 1, stderr: 'No such command: versionlock.' }],
    ],
  }
  const run = await rehearse(packageHold({ name: ['a', 'b', 'c'] }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  const failed = await rehearse(packageHold({ name: 'a', state: 'free' }), world)
  assert.match(String(failed.error), 'dnf versionlock does not hold a')
  assert.match(isCoxswainError(failed.error) ? (failed.error.hint ?? '') : '', 'dnf-command(versionlock)')
})

test("names in versionlock's list", () => {
  const text = '\n# Added lock on Fri Nov 27 2026\nb-x-1:2.0-1.el9.*\nraw-name-1.0-2.*\n!no-0:1-1.*\n'
  assert.equal(namesInList(text), ['b-x', 'raw-name'])
})

test('an unsupported package manager is an error', async () => {
  const run = await rehearse(packageHold({ name: 'a' }), { files: { '/etc/os-release': 'ID=alpine\n' } })
  assert.match(String(run.error), 'this task cannot hold packages')
})
