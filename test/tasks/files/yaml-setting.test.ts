import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { yamlSetting } from '../../../tasks/files/yaml-setting.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('yaml-setting')
const path = '/etc/app.yaml'
const text = '# ours\nserver:\n  port: 80 # the old one\n  names:\n  - a\n  - b\n\nlast: "yes"\n'

const after = async (
  params: Omit<Parameters<typeof yamlSetting>[0], 'path'>,
  from = text,
): Promise<unknown> => {
  const run = await rehearse(yamlSetting({ path, ...params }), { files: { [path]: from } })
  if (run.error !== undefined) throw run.error
  return run.files.get(path)?.content.toString()
}

test('a value is changed in place, and comments, order and quotes stay', async () => {
  assert.is(await after({ key: 'server.names.1', value: 'c' }), text.replace('- b', '- c'))
  assert.is(await after({ key: 'last', value: 'no' }), text.replace('"yes"', '"no"'))
  assert.match(String(await after({ key: 'server.port', value: 8080 })), /^# ours\nserver:\n {2}port: 8080/)
  assert.is(await after({ key: 'server.port', value: 80 }), text)
})

test('a new value creates its parents', async () => {
  assert.is(await after({ key: 'a.b', value: [1, 'x'] }, ''), 'a:\n  b:\n    - 1\n    - x\n')
  assert.is(await after({ key: 'a.b', value: 1 }, '# only a word\n'), '# only a word\na:\n  b: 1\n')
})

test('a value is removed, comments and blank lines around it stay', async () => {
  assert.is(await after({ key: 'server', state: 'absent' }), '# ours\n\nlast: "yes"\n')
  assert.is(await after({ key: 'x.y', state: 'absent' }), text)
})

test('the last entry in brackets is removed, and the comments of its neighbour stay', async () => {
  const without = (key: string, from: string) => after({ key, state: 'absent' }, from)
  assert.is(await without('a.c', 'a: {b: 1, # about b\n    c: 2}\n'), 'a: {b: 1 # about b\n    }\n')
  assert.is(await without('a.c', 'a: {b: 1,\n    # about c\n    c: 2}\n'), 'a: {b: 1\n    # about c\n    }\n')
  assert.is(await without('a.1', 'a: [x, # x\n  y, # y\n]\n'), 'a: [x, # x\n]\n')
  assert.is(await without('a.1', 'a: [x, # x\n  y # y\n  ]\n'), 'a: [x # x\n  ]\n')
})

test('keys are compared as they are written, whatever a reader makes of them', async () => {
  const workflow = 'on:\n  push:\n    branches:\n    - main # trunk\n'
  assert.is(await after({ key: 'on.push.branches', value: ['main'] }, workflow), workflow)
  assert.is(await after({ key: 'on.push.branches.0', value: 'x' }, workflow), workflow.replace('main', 'x'))
  const countries = 'countries:\n  no: 0x1F\n  y: [1]\n'
  assert.is(await after({ key: 'countries.no', value: 31 }, countries), countries)
  assert.is(await after({ key: 'countries.y', value: [1] }, countries), countries)
  const versions = 'v:\n  1.10: foo\n  b: 1\n'
  assert.is(await after({ key: ['v', '1.10'], state: 'absent' }, versions), 'v:\n  b: 1\n')
  assert.is(await after({ key: ['v', '1.10'], value: 'x' }, versions), versions.replace('foo', 'x'))
  assert.is(await after({ key: ['v', '1.1'], state: 'absent' }, versions), versions)
  assert.is(await after({ key: ['v', '1.1'], value: 'x' }, versions), `${versions}  "1.1": x\n`)
  const quoted = { '"a b"': 'a b', "'it''s'": "it's", '"\\u0041"': 'A' }
  const plain = ['~', 'null', '0x10', 'true', '1_000', '2001-01-01'].map((key) => [key, key])
  for (const [written = '', key = ''] of [...plain, ...Object.entries(quoted)])
    assert.is(
      await after({ key: ['v', key], state: 'absent' }, `v:\n  ${written}: 1\n  b: 1\n`),
      'v:\n  b: 1\n',
      key,
    )
  assert.is(
    await after({ key: ['v', 8080], value: 1 }, 'v:\n  "8080": 2\n  8080: 2\n'),
    'v:\n  "8080": 2\n  8080: 1\n',
  )
})

test('a file that is not a single document stays unchanged', async () => {
  const say = async (content: string): Promise<string> =>
    String((await rehearse(yamlSetting({ path, key: 'a', value: 1 }), { files: { [path]: content } })).error)
  assert.match(await say('a: 1\n---\nb: 2\n'), 'not valid YAML: it contains 2 documents')
  assert.match(await say('a: [1\n'), '/etc/app.yaml is not valid YAML: ')
  await rejects(() => yamlSetting({ path, key: 'a' }), 'params-invalid', 'a value is needed')
})

test('everything else keeps every byte', async () => {
  const odd =
    'mode: 0400\r\nbig: 12345678901234567890\r\ntel: +49123\r\nfold: >\r\n  a\r\n  b\r\nhex: 0x1F\r\n'
  assert.is(await after({ key: 'new', value: 'x' }, odd), `${odd}new: x\r\n`)
  assert.is(await after({ key: 'hex', value: 1 }, odd), odd.replace('0x1F', '1'))
  assert.is(await after({ key: 'a', value: 2 }, '\u{FEFF}a: 1 # c'), '\u{FEFF}a: 2 # c')
  assert.is(await after({ key: 'a', value: 'y z' }, "a:   &x 'it''s'  # c\n"), "a:   &x 'y z'  # c\n")
})

test('numeric keys are keys of maps and indexes in lists', async () => {
  assert.is(await after({ key: 'p.8080', value: 'a' }, 'p:\n  8080: b # c\n'), 'p:\n  8080: a # c\n')
  assert.is(await after({ key: 'p.9', value: 'a' }, 'p:\n  8: b\n'), 'p:\n  8: b\n  "9": a\n')
  assert.is(await after({ key: 'p.1', value: 'c' }, 'p: [a, b]\n'), 'p: [a, c]\n')
  assert.is(await after({ key: 'p.2', value: 'c' }, 'p: [a, b]\n'), 'p: [a, b, c]\n')
  assert.is(await after({ key: 'p.0', value: 'c' }, ''), 'p:\n  - c\n')
  await rejects(() => after({ key: 'p.3', value: 'c' }, 'p: [a]\n'), 'task-failed', 'p is a list of 1 items')
  await rejects(() => after({ key: 'p.x', value: 'c' }, 'p: [a]\n'), 'task-failed', 'p is a list')
  await rejects(() => after({ key: 'p.8080', value: 1 }, 'p: text\n'), 'task-failed', 'p is a single value')
})

test('aliases, anchors and merges', async () => {
  const anchored = 'a: &x\n  b: 1\n  c: {d: 1}\ne: *x\nf:\n  <<: *x\n  g: 2\n'
  assert.is(await after({ key: 'a.b', value: 2 }, anchored), anchored.replace('b: 1', 'b: 2'))
  assert.is(await after({ key: 'f.b', value: 2 }, anchored), `${anchored}  b: 2\n`)
  assert.is(await after({ key: 'f.b', value: 1 }, anchored), anchored)
  assert.is(await after({ key: 'e', value: 2 }, anchored), anchored.replace('e: *x', 'e: 2'))
  await rejects(() => after({ key: 'e.b', value: 2 }, anchored), 'task-failed', 'e is an alias, *x')
  await rejects(() => after({ key: 'f.c.d', value: 2 }, anchored), 'task-failed', 'f.c comes from a merge')
  await rejects(() => after({ key: 'f.b', state: 'absent' }, anchored), 'task-failed', 'comes from a merge')
  await rejects(() => after({ key: 'a', state: 'absent' }, anchored), 'task-failed', 'Unresolved alias')
  await rejects(() => after({ key: 'a.c', value: 1 }, 'a: &l\n  b: *l\n'), 'task-failed', 'alias of itself')
})

test('a tag is removed with its value, and document ends stay', async () => {
  assert.is(await after({ key: 'a', value: 2 }, 'a: !!str 1 # c\n'), 'a: 2 # c\n')
  assert.is(await after({ key: 'b', value: 2 }, '---\na: 1\n...\n'), '---\na: 1\nb: 2\n...\n')
  assert.is(
    await after({ key: 'a', state: 'absent' }, 'x:\n  a: 1 # c\ny: 2\n').then(String),
    'x:\n  a: 1 # c\ny: 2\n',
  )
  assert.is(await after({ key: 'x.a', state: 'absent' }, 'x:\n  a: 1 # c\ny: 2\n'), 'x: {}\ny: 2\n')
})

test('items are removed from the end of a list only', async () => {
  assert.is(await after({ key: 'a.1', state: 'absent' }, 'a:\n- x\n- y\n'), 'a:\n- x\n')
  await rejects(() => after({ key: 'a.0', state: 'absent' }, 'a:\n- x\n- y\n'), 'task-failed', 'not the last')
})

test('neither a secret nor the value before it is shown', async () => {
  const task = yamlSetting({ path, key: 'a.password', value: new Secret('new') })
  const run = await rehearse(task, { files: { [path]: 'a:\n  password: old\n' } })
  assert.is(run.files.get(path)?.content, 'a:\n  password: new\n')
  assert.is(/old|new/.test(JSON.stringify(run.changes)), false)
})

test('an integer that would lose digits is refused', async () => {
  await rejects(() => yamlSetting({ path, key: 'a', value: [2 ** 60] }), 'params-invalid', 'loses digits')
})

/** Documents without content or nearly so, and the result with `z: 5` and with `z.k: [5]`. */
const little: [from: string, five: string, deep: string][] = [
  ['', 'z: 5\n', 'z:\n  k:\n    - 5\n'],
  ['# c\n', '# c\nz: 5\n', '# c\nz:\n  k:\n    - 5\n'],
  ['# c', '# c\nz: 5\n', '# c\nz:\n  k:\n    - 5\n'],
  ['---', '---\nz: 5\n', '---\nz:\n  k:\n    - 5\n'],
  ['--- # c\n', '--- # c\nz: 5\n', '--- # c\nz:\n  k:\n    - 5\n'],
  ['{}', 'z: 5', 'z:\n  k:\n    - 5'],
  ['{ } # c\n', 'z: 5 # c\n', 'z:\n  k:\n    - 5 # c\n'],
  ['~\n', 'z: 5\n', 'z:\n  k:\n    - 5\n'],
  ['Null # c\n', 'z: 5 # c\n', 'z:\n  k:\n    - 5 # c\n'],
  ['--- {}\n', '--- {z: 5}\n', '--- {z: {k: [5]}}\n'],
  ['--- {} # c\n...\n', '--- {z: 5} # c\n...\n', '--- {z: {k: [5]}} # c\n...\n'],
  ['--- ~\n', '--- {z: 5}\n', '--- {z: {k: [5]}}\n'],
  ['# c\r\n---  null # c\r\n', '# c\r\n---  {z: 5} # c\r\n', '# c\r\n---  {z: {k: [5]}} # c\r\n'],
  ['--- !!map {}\n', '--- !!map {z: 5}\n', '--- !!map {z: {k: [5]}}\n'],
  ['--- &a {}\n', '--- &a {z: 5}\n', '--- &a {z: {k: [5]}}\n'],
  ['%YAML 1.1\n--- {}\n', '%YAML 1.1\n--- {z: 5}\n', '%YAML 1.1\n--- {z: {k: [5]}}\n'],
  ['%YAML 1.1\n---\na: no\n', '%YAML 1.1\n---\na: no\nz: 5\n', '%YAML 1.1\n---\na: no\nz:\n  k:\n    - 5\n'],
  ['a:\t1\n', 'a:\t1\nz: 5\n', 'a:\t1\nz:\n  k:\n    - 5\n'],
]
for (const [from, five, deep] of little) {
  test(`a value is added to ${JSON.stringify(from)}`, async () => {
    assert.is(await after({ key: 'z', value: 5 }, from), five)
    assert.is(await after({ key: 'z.k', value: [5] }, from), deep)
    assert.is(await after({ key: 'nowhere', state: 'absent' }, from), from)
  })
}

const unreadable: [from: string, why: RegExp][] = [
  ['a: 1\n---\nb: 2\n', /not valid YAML: it contains 2 documents/],
  ['a: 1\n---\n', /not valid YAML: it contains 2 documents/],
  ['a:\n\tb: 1\n', /Tabs are not allowed as indentation at line 2/],
  ['%YAML 1.1\na: 1\n', /Missing directives-end/],
  ['--- a: 1\n', /cannot start on same line/],
  ['a: 1\na: 2\n', /keys must be unique/],
  ['- a\n', /is a list/],
]
for (const [from, why] of unreadable) {
  test(`${JSON.stringify(from)} is a clear error`, async () => {
    await rejects(() => after({ key: 'z', value: 5 }, from), 'task-failed', why)
  })
}
