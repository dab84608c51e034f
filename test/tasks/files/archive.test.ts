import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { archive } from '../../../tasks/files/archive.ts'
import { suite } from '../../support/spec.ts'

const test = suite('archive')

const now = "{ tar -cf - '--exclude=*.log' -- data || echo failed; } 2>/dev/null | sha256sum"
const then = 'gzip -dc <&3 2>/dev/null | sha256sum'
const task = archive({ src: '/var/my/data/', dest: '/b/a.tgz', exclude: '*.log' })
const source = { content: '', type: 'directory' as const }

test('exact commands', async () => {
  const run = await rehearse(task, {
    files: { '/var/my/data/': source },
    replies: {
      true: '',
      "tar -czf - '--exclude=*.log' -- data": 'packed',
      [now]: 'x -',
      [then]: 'x -',
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/b/a.tgz')?.content, 'packed')
  assert.is(run.files.get('/b/a.tgz')?.mode, '0600')
})

test('an up-to-date archive is ok, and a different one is drift', async () => {
  const files = { '/var/my/data/': source, '/b/a.tgz': 'x' }
  const well = await rehearse(task, { files, replies: { [now]: 'x -', [then]: 'x -' } })
  assert.is(well.outcome, 'ok')
  const none = await rehearse(task, {})
  assert.match(String(none.error), /\/var\/my\/data\S* does not exist/)
})

test('invalid parameters', () => {
  assert.throws(() => archive({ src: '/a', dest: '/b.zip' }), /its name must end with/)
  for (const [src, dest] of [
    ['/a', '/a/b.tar'],
    ['/a/', '/a/b/c.tar'],
    ['/', '/b.tar'],
    ['/a.tar', '/a.tar'],
  ] as const)
    assert.throws(() => archive({ src, dest }), /cannot be inside the folder/)
  assert.ok(archive({ src: '/a', dest: '/ab.tar' }))
})
