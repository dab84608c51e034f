import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { prune } from '../../../tasks/files/prune.ts'
import { suite } from '../../support/spec.ts'

const test = suite('prune')

/** A folder whose files have a size of 10 bytes, by name with their times. */
const folder = (times: Readonly<Record<string, number>>, kind = 'regular file'): World => ({
  files: Object.fromEntries(Object.keys(times).map((name) => [`/srv/${name}`, 'ten bytes\n'])),
  patterns: [
    [
      /find \. -mindepth/,
      (_, files) => {
        const there = Object.entries(times).filter(([name]) => files.has(`/srv/${name}`))
        const lines = there.map(([, mtime]) => `10 ${mtime} 644 0 0 root root ${kind}\n`)
        return `${lines.join('')}\n${there.map(([name]) => `./${name}\0`).join('')}`
      },
    ],
    [/^date \+%s$/, '1000\n'],
    [
      /^rm /,
      ({ operation }, files) => {
        const names = operation?.kind === 'each' ? operation.names : []
        for (const name of names)
          for (const path of files.keys())
            if (`${path}/`.startsWith(`/srv/${name.slice(2)}/`)) files.delete(path)
        return ''
      },
    ],
  ],
})

test('all but the newest are removed', async () => {
  const run = await rehearse(prune({ path: '/srv', keep: 2 }), folder({ a: 1, b: 4, c: 3, d: 2 }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/srv/a', '/srv/d'],
  )
  assert.is((await rehearse(prune({ path: '/srv', keep: 4 }), folder({ a: 1 }))).outcome, 'ok')
})

test('what is old is removed, but the newest stay whatever their age', async () => {
  const task = prune({ path: '/srv', olderThan: 500, keep: 1 })
  const run = await rehearse(task, folder({ a: 100, b: 200 }))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/srv/a'],
  )
})

test('what is in a folder that is removed is not listed', async () => {
  const run = await rehearse(
    prune({ path: '/srv', type: 'directory', recurse: true, patterns: '*' }),
    folder({ x: 1, 'x/y': 1, 'x-z': 1 }, 'directory'),
  )
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/srv/x', '/srv/x-z'],
  )
})

test('without a condition, it is refused', () => {
  assert.throws(() => prune({ path: '/srv' }), /say what to remove/)
  assert.throws(() => prune({ path: '/srv', type: 'all', recurse: true }), /say what to remove/)
  assert.throws(() => prune({ path: 'srv', keep: 1 }), /absolute path/)
})
