import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { Secret } from '../../../engine/secret.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { file } from '../../../tasks/files/file.ts'
import { edited, lineInFile } from '../../../tasks/files/line-in-file.ts'
import { link } from '../../../tasks/files/link.ts'
import { renderTemplate } from '../../../tasks/files/render.ts'
import { template } from '../../../tasks/files/template.ts'
import { suite } from '../../support/spec.ts'

const test = suite('file tasks')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-files-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const local = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('file: content, owner and mode', async () => {
  const run = await rehearse(file({ path: '/etc/motd', content: 'hi\n', owner: 'ops', mode: '600' }), {})
  assert.is(run.outcome, 'changed')
  const made = run.files.get('/etc/motd')
  assert.equal([made?.content, made?.owner, made?.mode], ['hi\n', 'ops', '0600'])
})

test('file: only the mode differs, so only the mode is set', async () => {
  const run = await rehearse(file({ path: '/x', content: 'a', mode: '0600' }), { files: { '/x': 'a' } })
  assert.equal(run.changes, [{ what: 'mode of /x', from: '0644', to: '0600' }])
  assert.is((await rehearse(file({ path: '/x', content: 'a' }), { files: { '/x': 'a' } })).outcome, 'ok')
  assert.is((await rehearse(file({ path: '/x' }), { files: { '/x': 'whatever' } })).outcome, 'ok')
})

test('file: a secret is written and not shown', async () => {
  const run = await rehearse(file({ path: '/k', content: new Secret('hush') }), { files: { '/k': 'old' } })
  assert.is(run.files.get('/k')?.content, 'hush')
  assert.not.match(JSON.stringify(run.changes), 'hush')
  assert.not.match(JSON.stringify(run.changes), 'old')
})

test('file: absent', async () => {
  const run = await rehearse(file({ path: '/x', state: 'absent' }), { files: { '/x': 'a' } })
  assert.is(run.files.has('/x'), false)
  assert.is((await rehearse(file({ path: '/x', state: 'absent' }), {})).outcome, 'ok')
})

test('a mode that is a number, and a relative path, are refused', () => {
  const number: Record<string, unknown> = { path: '/x', mode: 644 }
  assert.throws(() => Reflect.apply(file, undefined, [number]), /octal digits as text/)
  assert.throws(() => file({ path: 'x' }), /an absolute path is needed/)
})

test('directory: made with its mode, kept, removed with all that is in it', async () => {
  const run = await rehearse(directory({ path: '/srv/a', mode: '0700' }), {})
  assert.equal([run.files.get('/srv/a')?.type, run.files.get('/srv/a')?.mode], ['directory', '0700'])
  assert.is((await rehearse(directory({ path: '/srv' }), { files: { '/srv/a': 'x' } })).outcome, 'ok')
  const gone = await rehearse(directory({ path: '/srv', state: 'absent' }), { files: { '/srv/a': 'x' } })
  assert.is(gone.files.size, 0)
  const blocked = await rehearse(directory({ path: '/srv' }), { files: { '/srv': 'a file' } })
  assert.match(String(blocked.error), 'it is no directory')
})

test('link: made, turned, and not over a file', async () => {
  const run = await rehearse(link({ path: '/a', target: '/b' }), {})
  assert.is(run.files.get('/a')?.content, '/b')
  const turned = await rehearse(link({ path: '/a', target: '/b' }), {
    files: { '/a': { content: '/c', type: 'link' } },
  })
  assert.equal(turned.changes, [{ what: '/a', from: '/c', to: '/b' }])
  assert.match(
    String((await rehearse(link({ path: '/a', target: '/b' }), { files: { '/a': 'x' } })).error),
    'it is no link',
  )
})

test('copy: bytes as they are, told by their sums', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const task = copy({ src: local('bytes', bytes), dest: '/opt/bytes', mode: '0755' })
  const run = await rehearse(task, {})
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(Buffer.from(run.files.get('/opt/bytes')?.content ?? ''), bytes)
  assert.match(String(run.changes[0]?.to), /^5 bytes, sha256 [0-9a-f]{12}…$/)
  const same = await rehearse(task, { files: { '/opt/bytes': { content: bytes, mode: '0644' } } })
  assert.equal(
    same.changes.map(({ what }) => what),
    ['mode of /opt/bytes'],
  )
  assert.match(
    String((await rehearse(copy({ src: join(folder, 'none'), dest: '/x' }), {})).error),
    'cannot read',
  )
  assert.match(String((await rehearse(copy({ src: folder, dest: '/x' }), {})).error), 'is no file')
})

test('template: values go in unescaped, and a variable that is not given is an error with its line', async () => {
  const src = local('conf.hbs', 'first\nlisten {{port}}\nname "{{name}}"\n')
  const run = await rehearse(
    template({ src, dest: '/etc/conf', values: { port: 80, name: "<a & 'b'>" } }),
    {},
  )
  assert.is(run.files.get('/etc/conf')?.content, 'first\nlisten 80\nname "<a & \'b\'>"\n')
  const missing = await rehearse(template({ src, dest: '/etc/conf', values: { name: 'x' } }), {})
  assert.match(String(missing.error), `${src} names a variable that is not given: port`)
  assert.throws(() => renderTemplate('{{#if}', {}, 'broken.hbs'), /broken.hbs/)
})

const given = { path: '/x', state: 'present', create: false } as const

test('line-in-file: where a line goes', () => {
  const text = 'a=1\nb=2\nc=3\n'
  assert.is(edited(text, { ...given, line: 'd=4' }), 'a=1\nb=2\nc=3\nd=4\n')
  assert.is(edited(text, { ...given, line: 'b=2' }), text)
  assert.is(edited(text, { ...given, line: 'b=9', regexp: '^b=' }), 'a=1\nb=9\nc=3\n')
  assert.is(edited(text, { ...given, line: 'd=4', insertAfter: '^a' }), 'a=1\nd=4\nb=2\nc=3\n')
  assert.is(edited(text, { ...given, line: 'd=4', insertBefore: '^a' }), 'd=4\na=1\nb=2\nc=3\n')
  assert.is(
    edited(text, { path: '/x', create: false, state: 'absent', regexp: '^[ab]', line: undefined }),
    'c=3\n',
  )
  assert.is(edited('', { ...given, line: 'd=4' }), 'd=4\n')
})

test('line-in-file: a file that is not there is made only when told', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a', create: true }), {})
  assert.is(run.files.get('/x')?.content, 'a\n')
  assert.match(
    String((await rehearse(lineInFile({ path: '/x', line: 'a' }), {})).error),
    'there is no file /x',
  )
  assert.is((await rehearse(lineInFile({ path: '/x', line: 'a', state: 'absent' }), {})).outcome, 'ok')
})

test('line-in-file: what makes no sense is refused', () => {
  assert.throws(() => lineInFile({ path: '/x' }), /a line is needed/)
  assert.throws(() => lineInFile({ path: '/x', line: 'a\nb' }), /no newline/)
  assert.throws(() => edited('a', { ...given, line: 'b', regexp: '(' }), /not a regular expression/)
})

const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')

test('line-in-file: a file that is no UTF-8 is left alone', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a' }), { files: { '/x': { content: latin } } })
  assert.match(String(run.error), '/x is no UTF-8')
  assert.equal(run.files.get('/x')?.content, latin)
})

test('file and template replace what is no text, and say so', async () => {
  const src = local('plain.hbs', 'plain')
  for (const task of [file({ path: '/x', content: 'plain' }), template({ src, dest: '/x' })]) {
    const run = await rehearse(task, { files: { '/x': { content: latin } } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(run.changes, [{ what: '/x', from: '(no text, or too long to show)', to: 'plain' }])
    assert.is(run.files.get('/x')?.content, 'plain')
  }
})

test('a directory is in the way of a file, of a template and of a link', async () => {
  const src = local('way.hbs', 'x')
  const tasks = [
    file({ path: '/srv' }),
    file({ path: '/srv', content: 'x' }),
    template({ src, dest: '/srv' }),
    link({ path: '/srv', target: '/x' }),
  ]
  for (const task of tasks) {
    const run = await rehearse(task, { files: { '/srv/below': 'x' } })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), /is no file|is no link|cannot read \/srv/)
    assert.equal([...run.files.keys()], ['/srv/below'])
  }
})
