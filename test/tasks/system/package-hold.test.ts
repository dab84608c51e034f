import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-hold')

const host = (...held: string[]): World => ({
  files: { '/etc/os-release': 'ID=debian\n' },
  patterns: [
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

test('only what is free is held, and what is held let go', async () => {
  const run = await rehearse(packageHold({ name: ['a', 'b'] }), host('a'))
  assert.equal([run.outcome, run.commands.apply], ['changed', ['apt-mark hold b']])
  assert.is((await rehearse(packageHold({ name: 'a' }), host('a'))).outcome, 'ok')
  const free = await rehearse(packageHold({ name: ['a', 'b'], state: 'free' }), host('a', 'c'))
  assert.equal(free.commands.apply, ['apt-mark unhold a'])
})

test('where it is not known how, that is said', async () => {
  const run = await rehearse(packageHold({ name: 'a' }), { files: { '/etc/os-release': 'ID=alpine\n' } })
  assert.match(String(run.error), 'this task cannot hold packages')
})
