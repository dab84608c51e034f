import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { file } from '../../../tasks/files/file.ts'
import { link } from '../../../tasks/files/link.ts'
import { template } from '../../../tasks/files/template.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('link')

const folder = folderOf(test)

test('created, changed, and never written over a file', async () => {
  const run = await rehearse(link({ path: '/a', target: '/b' }), {})
  assert.is(run.files.get('/a')?.content, '/b')
  const turned = await rehearse(link({ path: '/a', target: '/b' }), {
    files: { '/a': { content: '/c', type: 'link' } },
  })
  assert.equal(turned.changes, [{ what: '/a', from: '/c', to: '/b' }])
  assert.match(
    String((await rehearse(link({ path: '/a', target: '/b' }), { files: { '/a': 'x' } })).error),
    'is not a link',
  )
})

test('a directory at the path is an error for a file, a template and a link', async () => {
  const src = folder.write('way.hbs', 'x')
  const tasks = [
    file({ path: '/srv' }),
    file({ path: '/srv', content: 'x' }),
    template({ src, dest: '/srv' }),
    link({ path: '/srv', target: '/x' }),
  ]
  for (const task of tasks) {
    const run = await rehearse(task, { files: { '/srv/below': 'x' } })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), /is not a file|is not a link|cannot read \/srv/)
    assert.equal([...run.files.keys()], ['/srv/below'])
  }
})

test('a target with a control character is refused', () => {
  for (const target of ['x\n', 'a\nb', 'x\r', '\u{1B}[0m', 'a\tb', ''])
    assert.throws(() => link({ path: '/a', target }), /target/, JSON.stringify(target))
  link({ path: '/a', target: '../b c' })
})

test('with force, a link takes the place of a file, but not of a folder', async () => {
  const task = link({ path: '/a', target: '/b', force: true })
  const run = await rehearse(task, { files: { '/a': 'x' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: '/a', from: 'a file', to: 'a link to /b' }])
  assert.equal([run.files.get('/a')?.type, run.files.get('/a')?.content], ['link', '/b'])
  assert.match(String((await rehearse(task, { files: { '/a/below': 'x' } })).error), 'is not a link')
  const plain = await rehearse(link({ path: '/a', target: '/b' }), { files: { '/a': 'x' } })
  assert.match(JSON.stringify(plain.error), 'force=true')
})
