import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import { file } from '../../../tasks/files/file.ts'
import { renderTemplate } from '../../../tasks/files/templates/render.ts'
import { template } from '../../../tasks/files/template.ts'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('template')

const folder = folderOf(test)

const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')

test('values are inserted unescaped, and a variable that is not set is an error with its line', async () => {
  const src = folder.write('conf.hbs', 'first\nlisten {{port}}\nname "{{name}}"\n')
  const run = await rehearse(
    template({ src, dest: '/etc/conf', values: { port: 80, name: "<a & 'b'>" } }),
    {},
  )
  assert.is(run.files.get('/etc/conf')?.content, 'first\nlisten 80\nname "<a & \'b\'>"\n')
  const missing = await rehearse(template({ src, dest: '/etc/conf', values: { name: 'x' } }), {})
  assert.match(String(missing.error), `${src} uses a variable that is not set: port`)
  assert.throws(() => renderTemplate('{{#if}', {}, 'broken.hbs'), /broken.hbs/)
})

test('a tag that is not closed is named, with its line', () => {
  const cases = [
    ['a\n{{#if port}}\nx\n\n', '{{#if port}}', 2, '{{/if}}'],
    ['{{#each x}}{{#if a}}\n{{/if}}\n', '{{#each x}}', 1, '{{/each}}'],
    ['{{! {{#if a}} }}\n{{#port}}\n', '{{#port}}', 2, '{{/port}}'],
    ['a {{port\n', '{{port', 1, '}}'],
  ] as const
  for (const [text, tag, line, end] of cases)
    try {
      renderTemplate(text, { port: 80 }, 'x.hbs')
      assert.unreachable()
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      assert.match(error.message, `x.hbs opens ${tag} and does not close it`)
      assert.is(error.place?.line, line)
      assert.is(error.hint, `close it with ${end}`)
    }
})

test('what Handlebars cannot parse is said in words, with its line', () => {
  const cases = [
    ['a\n{{list.0}}', 'a number is not expected here; the first item of a list is list.[0]'],
    ['a\n{{/if}}', 'this block was not opened, or one in it is not closed'],
    ['a\n{{#each x}}{{/if}}', '{{/if}} cannot close {{#each}}'],
    ['a\n{{else if x}}', '{{else}} is not expected here: it belongs in a block'],
    ['a\n{{#x}}{{else}}{{else}}{{/x}}', '{{else}} is not expected here: it belongs in a block'],
    ['a\n{{a (b}}', '}} is not expected here: a name is missing before it, or a ( or {{{ is not closed'],
    ['a\n{{a}}}', '}}} is not expected here: {{ is closed by }}'],
    ['a\n{{a=1}}', '= is not expected here: named values follow the others, as in {{helper value name=1}}'],
    ['a\n{{a |b|}}', 'what is here cannot be read'],
  ] as const
  for (const [text, message] of cases)
    try {
      renderTemplate(text, { a: 1, x: true }, 'x.hbs')
      assert.unreachable()
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      assert.is(error.message, `x.hbs: ${message}`)
      assert.is(error.place?.line, 2)
    }
})

const values = {
  port: 80,
  nothing: null,
  absent: undefined,
  far: Infinity,
  day: new Date(0),
  // variables can have the names of helpers
  if: 'IF',
  lookup: 'LOOKUP',
  log: 'LOG',
  helperMissing: 'MISSING',
  blockHelperMissing: 'BLOCK',
  off: false,
  zero: 0,
  empty: '',
  db: { host: 'db1', user: null },
  sites: [
    { name: 'a', ports: [1, 2] },
    { name: 'b', ports: [] },
  ],
  names: ['x', 'y'],
  password: new Secret('hunter2&more'),
  users: { ann: { password: new Secret('sesame') } },
}

const texts: readonly (readonly [string, string])[] = [
  ['{{port}} {{{port}}} {{db.host}} {{db/host}} {{this.port}} {{./port}}', '80 80 db1 db1 80 80'],
  ['{{off}} {{zero}} [{{empty}}]', 'false 0 []'],
  ['{{#if nothing}}a{{else}}b{{/if}}{{#unless absent}}c{{/unless}}{{#if db.user}}d{{/if}}', 'bc'],
  ['{{#if port}}{{port}}{{/if}}', '80'],
  [
    '{{#each sites}}{{@index}}{{name}}{{#each ports}}{{this}}{{../name}}{{../../port}}{{/each}};{{/each}}',
    '0a1a802a80;1b;',
  ],
  ['{{#each sites as |site i|}}{{i}}{{site.name}}{{../port}} {{/each}}', '0a80 1b80 '],
  ['{{#each names}}{{.}}{{#unless @last}},{{/unless}}{{/each}}', 'x,y'],
  ['{{#each db}}{{@key}} {{/each}}', 'host user '],
  ['{{#with db}}{{host}}{{@root.port}}{{/with}}{{#with nothing}}x{{else}}none{{/with}}', 'db180none'],
  ['{{#sites}}{{name}}{{/sites}}{{^off}}off{{/off}}{{#port}}yes{{/port}}', 'aboffyes'],
  ['{{lookup db "host"}} {{lookup (lookup sites 0) "name"}} {{names.[1]}} {{names.length}}', 'db1 a y 2'],
  ['a\n{{#if port}}\nb\n{{/if}}\nc\n', 'a\nb\nc\n'],
  ['{{! a word }}{{!-- another --}}x', 'x'],
  ['{{#*inline "part"}}<{{port}}>{{/inline}}{{> part this}}', '<80>'],
  ['{{names}}', 'x,y'],
  [
    '{{if}} {{lookup}} {{log}} {{helperMissing}} {{blockHelperMissing}} {{./if}} {{[if]}}',
    'IF LOOKUP LOG MISSING BLOCK IF IF',
  ],
  [
    '{{#if if}}a{{/if}}{{#helperMissing}}{{this}}{{/helperMissing}}{{#blockHelperMissing}}b{{/blockHelperMissing}}',
    'aMISSINGb',
  ],
  ['{{#each nothing}}x{{else}}none{{/each}}{{#each absent}}x{{/each}}', 'none'],
  ['{{#if (default (lookup db "hots") false)}}a{{else}}b{{/if}}', 'b'],
  ['{{default (lookup db "host") "x"}} {{default (lookup (lookup sites 0) "nme") "x"}}', 'db1 x'],
  ['{{#each names}}{{#if @first}}1{{/if}}{{@last}}{{/each}}', '1falsetrue'],
]
for (const [text, wanted] of texts) {
  test(`renders ${JSON.stringify(text)}`, () => assert.is(renderTemplate(text, values, 'x.hbs'), wanted))
}

const refused: readonly (readonly [string, string, string])[] = [
  ['{{prt}}', 'not set: prt', '1:3'],
  ['\n {{#if prt}}x{{/if}}', 'not set: prt', '2:8'],
  ['{{#unless prt}}x{{/unless}}', 'not set: prt', '1:11'],
  ['{{#each stes}}x{{/each}}', 'not set: stes', '1:9'],
  ['{{#with bd}}x{{/with}}', 'not set: bd', '1:9'],
  ['{{#stes}}x{{/stes}}', 'not set: stes', '1:4'],
  ['{{^stes}}x{{/stes}}', 'not set: stes', '1:4'],
  ['{{#if db.hots}}x{{/if}}', 'not set: db.hots', '1:7'],
  ['{{#each sites}}\n{{nmae}}{{/each}}', 'not set: nmae', '2:3'],
  ['{{#each sites as |s|}}{{s.nmae}}{{/each}}', 'not set: s.nmae', '1:25'],
  ['{{#each sites}}{{#if ../prt}}{{/if}}{{/each}}', 'not set: ../prt', '1:22'],
  ['{{#each sites}}{{port}}{{/each}}', 'not set: port', '1:18'],
  ['{{@root.prt}}', 'not set: @root.prt', '1:3'],
  ['{{lookup bd "host"}}', 'not set: bd', '1:10'],
  ['{{#if (lookup bd "x")}}{{/if}}', 'not set: bd', '1:15'],
  ['{{lookup db "hots"}}', 'not set: lookup db "hots"', '1:1'],
  ['{{nothing}}', 'cannot write nothing: it is null', '1:1'],
  ['{{> sub/part this}}', 'names a partial in a folder: sub/part', '1:1'],
  ['x{{#each nothing}}y{{/each}}', 'cannot use nothing in {{#each}}: it is null', '1:2'],
  ['{{#each db.user}}y{{/each}}', 'cannot use db.user in {{#each}}: it is null', '1:1'],
  ['{{absent}}', 'cannot write absent: it is undefined', '1:1'],
  ['{{db.user}}', 'cannot write db.user: it is null', '1:1'],
  ['{{db}}', 'it is a map', '1:1'],
  ['{{constructor}}', 'not set: constructor', '1:3'],
  ['{{db.__proto__}}', 'not set: db.__proto__', '1:3'],
  ['{{#if port}}{{else}}{{/each}}', 'cannot close', '1'],
  ['{{shout port}}', 'calls shout, which is not a helper', '1:1'],
  ['{{port off}}', 'calls port, which is not a helper', '1:1'],
  ['{{db.host port}}', 'calls db.host, which is not a helper', '1:1'],
  ['{{#port off}}x{{/port}}', 'calls port, which is not a helper', '1:1'],
  ['{{#if (port)}}x{{/if}}', 'calls port, which is not a helper', '1:7'],
  ['{{#if (prt)}}x{{/if}}', 'calls prt, which is not a helper', '1:7'],
  ['a\n{{log password}}', 'calls log, which is not a helper', '2:1'],
  ['{{if port}}', 'calls if without a block', '1:1'],
  ['{{each names}}', 'calls each without a block', '1:1'],
  ['{{lookup db (with db)}}', 'calls with without a block', '1:13'],
  ['{{#lookup db "host"}}x{{/lookup}}', 'calls lookup as a block', '1:1'],
  ['{{lookup db}}', 'calls lookup with 1 values', '1:1'],
  ['{{lookup db "a" "b"}}', 'calls lookup with 3 values', '1:1'],
  ['{{#if}}x{{/if}}', 'calls if with 0 values', '1:1'],
  ['{{#each}}x{{/each}}', 'calls each with 0 values', '1:1'],
  ['{{#if port off}}x{{/if}}', 'calls if with 2 values', '1:1'],
  ['{{#each port}}x{{/each}}', 'cannot use port in {{#each}}: it is a number', '1:1'],
  ['{{#each empty}}x{{/each}}', 'cannot use empty in {{#each}}: it is text', '1:1'],
  ['{{#each "abc"}}x{{/each}}', 'in {{#each}}: it is text', '1:1'],
  ['{{#each password}}x{{/each}}', 'cannot use password in {{#each}}: it is text', '1:1'],
  ['{{5}}', 'writes a literal, which is not a variable', '1:1'],
  ['x{{true}}', 'writes a literal', '1:2'],
  ['{{null}}', 'writes a literal', '1:1'],
  ['{{undefined}}', 'writes a literal', '1:1'],
  ['{{#5}}x{{/5}}', 'opens a block with a literal', '1:1'],
  ['{{"prt"}}', 'not set: prt', '1:1'],
  ['{{@foo}}', 'does not exist: @foo', '1:3'],
  ['{{#if @frist}}x{{/if}}', 'does not exist: @frist', '1:7'],
  ['{{@index}}', 'does not exist here: @index', '1:3'],
  ['{{../prt}}', 'not set: ../prt', '1:3'],
  ['{{#with db}}{{this.hots}}{{/with}}', 'not set: this.hots', '1:15'],
  ['{{lookup db prt}}', 'not set: prt', '1:13'],
  ['{{#*inline "p"}}{{host}}{{/inline}}{{> p bd}}', 'not set: bd', '1:42'],
  ['{{#*inline "p"}}{{x}}{{/inline}}{{> p x=nothing}}', 'cannot write x: it is null', '1:17'],
  ['{{> (lookup db "host")}}', 'computes the name of a partial', '1:1'],
  ['{{> inline}}', 'partial that the template does not define: inline', '1:1'],
  ['{{far}}', 'is not a finite number', '1:1'],
  ['{{day}}', 'it is a date', '1:1'],
]
for (const [text, message, place] of refused) {
  test(`refuses ${JSON.stringify(text)}`, async () => {
    const error = await rejects(() => renderTemplate(text, values, 'x.hbs'), 'template-invalid', message)
    const at = [error.place?.line, error.place?.column].filter((part) => part !== undefined).join(':')
    assert.is(at, place)
  })
}

test('adjacent values are written one after the other', () => {
  const nodes = [
    { id: 1, port: 8080 },
    { id: 2, port: 8081 },
  ]
  assert.is(renderTemplate('{{#each nodes}}{{id}}{{port}}\n{{/each}}', { nodes }, 'n'), '18080\n28081\n')
  assert.is(renderTemplate('{{a}}{{b}}{{c}}{{d}}', { a: 1, b: 2, c: 0, d: false }, 'n'), '120false')
  assert.is(renderTemplate('{{on}}{{list}}', { on: true, list: [1, [2, 3]] }, 'n'), 'true1,2,3')
  assert.is(renderTemplate('{{list}}', { list: [[new Secret('a')], 'b'] }, 'n'), 'a,b')
})

test('the error suggests the nearest name', async () => {
  const error = await rejects(
    () => renderTemplate('{{#if prt}}{{/if}}', values, 'x.hbs'),
    'template-invalid',
    'prt',
  )
  assert.is(error.hint, 'did you mean port?')
})

test('secrets are revealed, and the content is then a secret', async () => {
  const src = folder.write(
    'secret.hbs',
    'pw={{password}}\n{{#each users}}{{@key}}={{password}}\n{{/each}}{{#if password}}yes{{/if}}\n',
  )
  const run = await rehearse(template({ src, dest: '/etc/conf', values }), {
    files: { '/etc/conf': 'pw=old\n' },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/conf')?.content, 'pw=hunter2&more\nann=sesame\nyes\n')
  assert.not.match(JSON.stringify(run.changes), /hunter2|sesame|old/)
  const open = folder.write('open.hbs', 'port={{port}}\n')
  const other = await rehearse(template({ src: open, dest: '/etc/conf', values }), {})
  assert.equal(other.changes, [{ what: '/etc/conf', to: 'port=80\n' }])
})

test('the mask of a secret among the values is refused, with its name', async () => {
  const src = folder.write('open.hbs', 'port={{port}}\n')
  const line = `user:${String(values.password)}`
  const { error } = await rehearse(template({ src, dest: '/x', values: { port: 1, line } }), {})
  assert.match(String(error), 'values.line')
})

/** The first digits of a sum. */
const start = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 12)

test('file and template replace content that is not text, and say so', async () => {
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

test('without overwrite, the content of a file that exists stays', async () => {
  const task = template({ src: () => 'new\n', dest: '/etc/pool.conf', mode: '0600', overwrite: false })
  assert.is((await rehearse(task, {})).files.get('/etc/pool.conf')?.content, 'new\n')
  const there = await rehearse(task, { files: { '/etc/pool.conf': 'mine\n' } })
  assert.equal(there.changes, [{ what: 'mode of /etc/pool.conf', from: '0644', to: '0600' }])
  assert.is(there.files.get('/etc/pool.conf')?.content, 'mine\n')
})

test('without overwrite, a folder is an error, and a link to nothing is replaced', async () => {
  const given = { src: () => 'new\n', mode: '0600', overwrite: false } as const
  const there = await rehearse(template({ ...given, dest: '/etc' }), { files: { '/etc/x': 'mine\n' } })
  assert.is(there.predicted, 'failed')
  assert.match(String(there.error), '/etc exists, but is not a file')
  const link = await rehearse(template({ ...given, dest: '/etc/a' }), {
    files: { '/etc/a': { content: '/srv/none', type: 'link' } },
  })
  assert.equal(
    link.changes.map(({ what, to }) => [what, to]),
    [['/etc/a', 'new\n']],
  )
})
