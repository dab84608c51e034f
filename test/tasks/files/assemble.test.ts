import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { assemble } from '../../../tasks/files/assemble.ts'
import { suite } from '../../support/spec.ts'

const test = suite('assemble')

const world = (parts: Readonly<Record<string, string>>, files: World['files'] = {}): World => ({
  files: {
    ...Object.fromEntries(Object.entries(parts).map(([name, text]) => [`/parts/${name}`, text])),
    ...files,
  },
  patterns: [
    [
      /find \. -mindepth/,
      `${Object.keys(parts)
        .map(() => '1 1 644 0 0 root root regular file\n')
        .join('')}\n${Object.keys(parts)
        .map((name) => `./${name}\0`)
        .join('')}`,
    ],
    [/^date \+%s$/, '1\n'],
  ],
})

test('the parts in the order of their names, each with a newline, and a delimiter between them', async () => {
  const run = await rehearse(
    assemble({ src: '/parts', dest: '/conf', delimiter: '# --', mode: '0600' }),
    world({ '20': 'b', '10': 'a\n', '30': '' }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/conf')?.content.toString(), 'a\n# --\nb\n# --\n')
  assert.is(run.files.get('/conf')?.mode, '0600')
})

test('a file that has this content is only given its mode', async () => {
  const files = { '/conf': { content: 'a\n', mode: '0644' } }
  assert.is(
    (await rehearse(assemble({ src: '/parts', dest: '/conf' }), world({ a: 'a\n' }, files))).outcome,
    'ok',
  )
  const run = await rehearse(
    assemble({ src: '/parts', dest: '/conf', mode: 'o=' }),
    world({ a: 'a\n' }, files),
  )
  assert.equal(run.changes, [{ what: 'mode of /conf', from: '0644', to: '0640' }])
})

test('a folder without parts is an error, and so is a folder as its file', async () => {
  const run = await rehearse(assemble({ src: '/parts', dest: '/conf' }), world({}))
  assert.match(String(run.error), '/parts has no parts')
  assert.throws(() => assemble({ src: '/parts', dest: '/conf/' }), /must not end/)
})
