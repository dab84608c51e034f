import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { file } from '../../../tasks/files/file.ts'
import { renderTemplate } from '../../../tasks/files/render.ts'
import { template } from '../../../tasks/files/template.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('template')

const folder = folderOf(test)

const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')

test('values go in unescaped, and a variable that is not given is an error with its line', async () => {
  const src = folder.write('conf.hbs', 'first\nlisten {{port}}\nname "{{name}}"\n')
  const run = await rehearse(
    template({ src, dest: '/etc/conf', values: { port: 80, name: "<a & 'b'>" } }),
    {},
  )
  assert.is(run.files.get('/etc/conf')?.content, 'first\nlisten 80\nname "<a & \'b\'>"\n')
  const missing = await rehearse(template({ src, dest: '/etc/conf', values: { name: 'x' } }), {})
  assert.match(String(missing.error), `${src} names a variable that is not given: port`)
  assert.throws(() => renderTemplate('{{#if}', {}, 'broken.hbs'), /broken.hbs/)
})

/** The beginning of a sum. */
const start = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 12)

test('file and template replace what is no text, and say so', async () => {
  const src = folder.write('plain.hbs', 'plain')
  for (const task of [file({ path: '/x', content: 'plain' }), template({ src, dest: '/x' })]) {
    const run = await rehearse(task, { files: { '/x': { content: latin } } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(run.changes, [
      {
        what: '/x',
        from: `${latin.length} bytes, sha256 ${start(latin)}…`,
        to: `5 bytes, sha256 ${start('plain')}…`,
      },
    ])
    assert.is(run.files.get('/x')?.content, 'plain')
  }
})
