/** Helpers of templates, partials in files, templates in TypeScript. */
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { parse } from 'yaml'
import { Secret, text } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { renderTemplate } from '../../../tasks/files/templates/render.ts'
import { yamlText } from '../../../tasks/files/templates/yaml-text.ts'
import { template } from '../../../tasks/files/template.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('helpers of templates')
const folder = folderOf(test)

const values = {
  port: 80,
  nothing: null,
  absent: undefined,
  off: false,
  names: ['b', 'a', 'c'],
  sizes: [10, 9, 2],
  sites: [
    { name: 'b', port: 2 },
    { name: 'a', port: 1 },
  ],
  map: { a: 1, list: [true, null] },
  word: "it's",
  lines: 'one\ntwo\n\nthree',
  pin: new Secret('hush-4711'),
  logins: [{ user: 'ann', pin: new Secret('hush-4711') }],
  nested: { before: ['echo one', 'no'], none: [] },
  join: 'JOIN',
  default: 'DEFAULT',
}

const texts: readonly (readonly [string, string])[] = [
  ['{{join names ", "}}', 'b, a, c'],
  ['{{join (sort names) "-"}}', 'a-b-c'],
  ['{{join (sort sizes) " "}}', '2 9 10'],
  ['{{#each (sort sites "name")}}{{name}}{{port}};{{/each}}', 'a1;b2;'],
  ['{{default prt 8080}} {{default port 1}} {{default nothing "x"}} {{default absent "y"}}', '8080 80 x y'],
  ['{{default map.b "z"}} {{default map.a.b.c "z"}} {{default off "z"}}', 'z z false'],
  ['x:\n  {{indent lines 2}}', 'x:\n  one\n  two\n\n  three'],
  [
    '{{json map}} {{json names}} {{json word}} {{json port}}',
    '{"a":1,"list":[true,null]} ["b","a","c"] "it\'s" 80',
  ],
  ['{{json names 2}}', '[\n  "b",\n  "a",\n  "c"\n]'],
  ['{{quote word}} {{quote port}}', "'it'\\''s' '80'"],
  ['{{b64 word}}', 'aXQncw=='],
  ['{{#if (eq port 80)}}a{{else}}b{{/if}}{{#if (eq word "x")}}c{{/if}}', 'a'],
  [
    '{{#if (and port (not off))}}a{{/if}}{{#if (or off nothing)}}b{{/if}}{{#unless (and port off)}}c{{/unless}}',
    'ac',
  ],
  ['{{eq port 80}} {{not port}}', 'true false'],
  ['{{lookup (lookup sites 0) "name"}}', 'b'],
  ['{{join}} {{default}} {{#if join}}x{{/if}}', 'JOIN DEFAULT x'],
  ['{{yaml map}}', 'a: 1\nlist:\n  - true\n  - null'],
  [
    '{{yaml names}}\n{{yaml word}} {{yaml port}} {{yaml nothing}} {{yaml nested.none}}',
    `- b\n- a\n- c\nit's 80 null []`,
  ],
  ['hooks:\n  {{indent (yaml nested) 2}}', 'hooks:\n  before:\n    - echo one\n    - "no"\n  none: []'],
  ['{{comment "one\n\ntwo"}} {{comment word "; "}}', `# one\n#\n# two ; it's`],
  ['{{lower "AbC"}} {{upper "AbC"}} <{{trim " x "}}>', 'abc ABC <x>'],
  ['{{replace "a.b.c" "." "-"}} {{regexReplace "v1.24.3-rc" "^v(\\d+)\\..*" "$1"}}', 'a-b-c 1'],
  ['{{basename "/srv/www/a.conf"}} {{dirname "/srv/www/a.conf"}}', 'a.conf /srv/www'],
  ['{{length names}} {{length map}} {{length word}} {{first names}} {{last names}}', '3 2 4 b c'],
  [
    '{{ne port 80}} {{lt port 100}} {{le port 80}} {{gt "90" port}} {{ge port 81}}',
    'false true true true false',
  ],
  ['{{in "a" names}} {{in "z" names}} {{in "list" map}} {{in "t" word}}', 'true false true true'],
  [
    '{{version "9.10" ">=" "9.9"}} {{version "1.2" "==" "1.2.0"}} {{version "2.0rc1" "<" "2.0"}}',
    'true true true',
  ],
  ['{{choose off "yes" "no"}} {{choose names "yes" "no"}}', 'no yes'],
]
for (const [source, wanted] of texts)
  test(`renders ${JSON.stringify(source)}`, () => assert.is(renderTemplate(source, values, 'x.hbs'), wanted))

const refused: readonly (readonly [string, string, string])[] = [
  ['{{join nmaes ","}}', 'not set: nmaes', '1:8'],
  ['{{join port ","}}', 'cannot call join port ",": the first value is not a list', '1:1'],
  ['{{join names}}', 'calls join with 1 values', '1:1'],
  ['a\n {{default (lookup bd "x") 1}}', 'not set: bd', '2:20'],
  ['{{indent lines prt}}', 'not set: prt', '1:16'],
  ['{{indent lines "2"}}', 'the number of blanks must be an integer', '1:1'],
  ['{{quote names}}', 'the text is a list', '1:1'],
  ['{{quote nothing}}', 'the text is null', '1:1'],
  ['{{sort names}}{{json absent}}', 'the value does not have a form in JSON', '1:15'],
  ['{{#join names ","}}x{{/join}}', 'calls join as a block', '1:1'],
  ['{{#if (eq port)}}x{{/if}}', 'calls eq with 1 values', '1:7'],
  ['{{jion names ","}}', 'calls jion, which is not a helper', '1:1'],
  ['{{join (sort sites "nmae") ","}}', 'an item does not have nmae', '1:8'],
  ['{{yaml absent}}', 'the value does not have a form in YAML', '1:1'],
  ['{{regexReplace word "(" ""}}', 'not a regular expression: (', '1:1'],
  ['{{regexReplace word "(s)" "\\1"}}', 'a group is written $1', '1:1'],
  ['{{gt word 1}}', 'only numbers can be compared', '1:1'],
  ['{{version "1" "=>" "2"}}', 'the relation must be one of < <= == != >= >', '1:1'],
  ['{{version "none" "<" names}}', 'a version is a list', '1:1'],
  ['{{first nested.none}}', 'the list is empty', '1:1'],
  ['{{in 1 port}}', 'only a list, a map or a text can contain something', '1:1'],
]
for (const [source, message, place] of refused)
  test(`refuses ${JSON.stringify(source)}`, async () => {
    const error = await rejects(() => renderTemplate(source, values, 'x.hbs'), 'template-invalid', message)
    assert.is(`${error.place?.line}:${error.place?.column}`, place)
  })

test('the hint of a wrong call is about the call', async () => {
  const error = await rejects(
    () => renderTemplate('{{quote nothing}}', values, 'x.hbs'),
    'template-invalid',
    'cannot call',
  )
  assert.match(error.hint, 'docs/templates.md has what each helper takes')
})

test('property: quote makes one word of sh of any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii' }).filter((word) => !word.includes('\0')),
      (word) => {
        const line = renderTemplate("printf '%s|' {{quote word}} end", { word }, 'x.sh.hbs')
        assert.is(execFileSync('sh', ['-c', line], { encoding: 'utf8' }), `${word}|end|`)
      },
    ),
    { numRuns: 60 },
  )
})

test('property: readers of YAML 1.1 and 1.2 get the same values back', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'no',
      'on',
      '~',
      'null',
      '0o17',
      '017',
      '0x1F',
      '1_000',
      '12:30:45',
      '1e3',
      '.inf',
      '2020-01-31',
      '',
      ' x',
      'a: b',
      '- a',
      '<<',
      '=',
      'a\nb\n',
    ),
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, word, fc.boolean(), fc.integer(), tie('list'), tie('map')),
    list: fc.array(tie('any'), { maxLength: 4 }),
    map: fc.dictionary(word, tie('any'), { maxKeys: 4 }),
  })).any
  fc.assert(
    fc.property(value, (given) => {
      const written = renderTemplate('{{yaml given}}', { given }, 'x.hbs')
      for (const version of ['1.1', '1.2'] as const)
        assert.is(JSON.stringify(parse(written, { version })), JSON.stringify(given), written)
    }),
  )
})

test('yaml in TypeScript; a secret is written by a template only', async () => {
  assert.is(
    yamlText([{ targets: ['a:9100'], labels: { env: 'no' } }]),
    '- targets:\n    - a:9100\n  labels:\n    env: "no"',
  )
  assert.throws(() => yamlText({ logins: values.logins }), /the value contains a secret/)
})

/** The content that a template writes. */
const contentOf = async (...parameters: Parameters<typeof template>): Promise<string> => {
  const run = await rehearse(template(...parameters), {})
  assert.is(run.outcome, 'changed', String(run.error))
  return String(run.files.get('/etc/x')?.content)
}

test('secrets in helpers make the content a secret', async () => {
  for (const source of [
    '{{b64 pin}}',
    '{{yaml logins}}',
    '{{json logins}}',
    '{{default pin "x"}}',
    '{{quote pin}}',
  ]) {
    const run = await rehearse(template({ src: folder.write('s.hbs', source), dest: '/etc/x', values }), {})
    assert.is(run.outcome, 'changed', String(run.error))
    assert.not.match(JSON.stringify(run.changes), /4711|aHVzaC00NzEx/)
    assert.match(String(run.files.get('/etc/x')?.content), /4711|aHVzaC00NzEx/)
  }
})

test('a partial is a file beside the template, and can call others', async () => {
  folder.write('parts/head.hbs', '# {{title}}\n{{> foot by="me"}}')
  folder.write('parts/foot.hbs', 'by {{by}}\n')
  folder.write('parts/around.hbs', '[{{> @partial-block this}}]')
  const src = folder.write('parts/page.hbs', '{{> head this}}{{#> around this}}{{port}}{{/around}}\n')
  assert.is(await contentOf({ src, dest: '/etc/x', values: { title: 'T', port: 80 } }), '# T\nby me\n[80]\n')
})

test('a partial in the template comes before a file', async () => {
  folder.write('own/part.hbs', 'file')
  const src = folder.write('own/page.hbs', '{{#*inline "part"}}own{{/inline}}{{> part}}')
  assert.is(await contentOf({ src, dest: '/etc/x' }), 'own')
})

test('errors in a partial name its file, line and column', async () => {
  const part = folder.write('wrong/part.hbs', 'a\n  {{prt}}\n')
  const src = folder.write('wrong/page.hbs', '{{> part this}}')
  const { error } = await rehearse(template({ src, dest: '/etc/x', values: { port: 1 } }), {})
  assert.match(String(error), `${part} uses a variable that is not set: prt`)
  assert.match(JSON.stringify(error), '"line":2,"column":5')
  const broken = folder.write('wrong/broken.hbs', 'x\n{{#if port}}')
  const other = folder.write('wrong/other.hbs', '{{> broken this}}')
  const second = await rehearse(template({ src: other, dest: '/etc/x', values: { port: 1 } }), {})
  assert.match(String(second.error), `${broken} opens {{#if port}} and does not close it`)
})

test('a partial that does not exist, and one that calls itself, are errors', async () => {
  folder.write('loop/head.hbs', 'x')
  const src = folder.write('loop/page.hbs', '{{> haed}}')
  const { error } = await rehearse(template({ src, dest: '/etc/x' }), {})
  assert.match(String(error), 'names a partial that the template does not define: haed')
  folder.write('loop/again.hbs', '{{> again}}')
  const endless = await rehearse(
    template({ src: folder.write('loop/start.hbs', '{{> again}}'), dest: '/etc/x' }),
    {},
  )
  assert.match(String(endless.error), 'calls the partial again, which calls itself without an end')
})

test('a playbook has helpers of its own', async () => {
  const src = folder.write(
    'own.hbs',
    '{{upper word}} {{sum 1 (sum 2 port)}} {{#each (evens sizes)}}{{this}},{{/each}}',
  )
  const helpers = {
    upper: (word: unknown) => String(word).toUpperCase(),
    sum: (one: unknown, other: unknown) => Number(one) + Number(other),
    evens: (list: unknown) => (Array.isArray(list) ? list.filter((item) => Number(item) % 2 === 0) : []),
  }
  assert.is(await contentOf({ src, dest: '/etc/x', values, helpers }), "IT'S 83 10,2,")
  const broken = {
    upper: () => {
      throw new Error('not today')
    },
    sum: helpers.sum,
    evens: helpers.evens,
  }
  const { error } = await rehearse(template({ src, dest: '/etc/x', values, helpers: broken }), {})
  assert.match(String(error), 'cannot call upper word: not today')
  await rejects(
    async () => template({ src, dest: '/etc/x', helpers: { each: () => '' } }),
    'params-invalid',
    'the names of helpers of Handlebars cannot be used',
  )
  // one of every template, replaced
  const lined = folder.write('lined.hbs', '{{join names}} {{lower word}}')
  const own = { join: (list: unknown) => String(list).replaceAll(',', ' ') }
  assert.is(await contentOf({ src: lined, dest: '/etc/x', values, helpers: own }), "b a c it's")
})

test('a template can be a function', async () => {
  const src = ({ port }: Readonly<Record<string, unknown>>) => `listen ${String(port)}\n`
  assert.is(await contentOf({ src, dest: '/etc/x', values: { port: 80 } }), 'listen 80\n')
  const secret = await rehearse(template({ src: () => text`pin ${values.pin}`, dest: '/etc/x' }), {})
  assert.is(secret.files.get('/etc/x')?.content, 'pin hush-4711')
  assert.not.match(JSON.stringify(secret.changes), '4711')
})

test('text has no indentation of the code around it', () => {
  const servers = ['a', 'b']
  const block = 'x {\n  y\n}'
  const made: string = text`
    upstream {
      ${servers.map((one) => `server ${one};`)}
      port ${80}
    }
      ${block}

    end
  `
  assert.is(made, 'upstream {\n  server a;\n  server b;\n  port 80\n}\n  x {\n    y\n  }\n\nend\n')
  assert.is(text`one line ${1}`, 'one line 1')
  assert.is(text``, '')
})

test('text with a secret is a secret, and refuses undefined', async () => {
  const made: Secret = text`
    pin ${values.pin}
  `
  assert.is(made.reveal(), 'pin hush-4711\n')
  const absent: Record<string, string> = {}
  await rejects(
    async () => text`x ${Reflect.get(absent, 'y')}`,
    'template-invalid',
    'a value of a text is undefined',
  )
})
