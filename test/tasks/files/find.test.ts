import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { find } from '../../../tasks/files/find.ts'
import { prune } from '../../../tasks/files/prune.ts'
import { parseFound } from '../../../tasks/files/finding/find-below.ts'
import { suite } from '../../support/spec.ts'

const test = suite('find')

const attributes = (size: number, mtime: number, kind = 'regular file'): string =>
  `${size} ${mtime} 644 0 0 root root ${kind}\n`
const listing = `${attributes(5, 900)}${attributes(20, 100)}\n./a b\0./old\n2\0${attributes(1, 950)}\n./last\0`

const world = (reply: Reply = listing): World => ({
  patterns: [
    [/find \. -mindepth/, reply],
    [/^date \+%s$/, '1000\n'],
  ],
})

test('names, sizes and times are read, whatever the names contain', () => {
  const found = parseFound(listing, '/srv')
  assert.equal(
    found.map(({ path, size, mtime }) => [path, size, mtime]),
    [
      ['/srv/a b', 5, 900],
      ['/srv/old\n2', 20, 100],
      ['/srv/last', 1, 950],
    ],
  )
  assert.equal(parseFound('', '/srv'), [])
  assert.equal(parseFound('\n', '/srv'), [])
  assert.is(parseFound(`${attributes(1, 1)}\n./x\0`, '/')[0]?.path, '/x')
  for (const cut of [attributes(1, 1), `${attributes(1, 1)}\n./x`, 'nonsense\n\n./x\0'])
    assert.throws(() => parseFound(cut, '/srv'), /not complete/)
})

test('conditions on names and levels are given to find, those on size and age are compared here', async () => {
  const command = async (given: object): Promise<string> => {
    const run = await rehearse(find.from({ path: '/srv/', ...given }), world())
    assert.is(run.outcome, 'ok', String(run.error))
    return run.commands.check.find((one) => one.includes('find .'))?.match(/find \. (.*?) -exec/)?.[1] ?? ''
  }
  assert.is(await command({}), "-mindepth 1 -maxdepth 1 -name '.*' -prune -o -type f")
  assert.is(
    await command({ recurse: true, hidden: true, type: 'all', patterns: '*.log,x', exclude: 'y' }),
    String.raw`-mindepth 1 '(' -name '*.log' -o -name x ')' '!' '(' -name y ')'`,
  )
  assert.is(
    await command({ contains: '^extension *= *apcu?' }),
    "-mindepth 1 -maxdepth 1 -name '.*' -prune -o -type f -type f",
  )
  assert.is(
    await command({ recurse: 'yes', depth: 2, hidden: true, type: 'link' }),
    '-mindepth 1 -maxdepth 2 -type l',
  )
})

test('a folder that does not exist is empty; too much is an error', async () => {
  assert.is((await rehearse(find({ path: '/srv' }), world({ code: 3 }))).outcome, 'ok')
  assert.match(
    String((await rehearse(find({ path: '/srv' }), world({ code: 1, stderr: 'find: x' }))).error),
    'cannot read all of /srv',
  )
  const run = await rehearse(find({ path: '/srv', limit: 2 }), world())
  assert.match(String(run.error), '/srv has 3 of these, and limit is 2')
  assert.is((await rehearse(find({ path: '/srv', limit: 2, olderThan: 60 }), world())).outcome, 'ok')
})

test('ages and sizes have units; others are refused', () => {
  const { params } = find.from({ path: '/x', olderThan: '2d', newerThan: 5, minSize: '3k', maxSize: '10' })
  assert.match(JSON.stringify(params), /"olderThan":172800,"newerThan":5,"minSize":3072,"maxSize":10/)
  for (const wrong of [
    { olderThan: '2y' },
    { minSize: '1t' },
    { olderThan: -1 },
    { depth: 0 },
    { type: 'pipe' },
  ])
    assert.throws(() => find.from({ path: '/x', ...wrong }))
})

test('a line that files contain: grep says what is wrong with the expression', async () => {
  const task = find({ path: '/srv', contains: "it's (" })
  const run = await rehearse(task, world())
  assert.ok(
    run.commands.check.some((one) =>
      one.includes(String.raw`-type f -exec grep -qE -e 'it'\''s (' '{}' ';' -exec`),
    ),
  )
  const wrong = await rehearse(task, world({ stdout: '', stderr: 'grep: Unmatched ( or \\(' }))
  assert.match(String(wrong.error), 'cannot search the files in /srv')
})

test('contains must not have {}, which find would replace with the name of each file', () => {
  assert.throws(() => find({ path: '/srv', contains: '[{}]' }), /must not contain \{\}/)
  assert.throws(() => prune({ path: '/srv', contains: 'a{}' }), /must not contain \{\}/)
  find({ path: '/srv', contains: 'a{2}[{]}' })
})
