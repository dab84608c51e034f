import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { jsonSetting } from '../../../tasks/files/json-setting.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('json-setting')
const path = '/etc/app.json'
const text = '{\n    // ours\n    "a": { "b": [1, 2] },\n    "c.d": true\n}\n'

const after = async (
  params: Omit<Parameters<typeof jsonSetting>[0], 'path'>,
  from = text,
): Promise<unknown> => {
  const run = await rehearse(jsonSetting({ path, ...params }), { files: { [path]: from } })
  if (run.error !== undefined) throw run.error
  return run.files.get(path)?.content.toString()
}

test('a value is changed in place, and comments and layout stay', async () => {
  assert.is(await after({ key: 'a.b.1', value: 3 }), text.replace('[1, 2]', '[1, 3]'))
  assert.is(await after({ key: ['c.d'], value: false }), text.replace('true', 'false'))
  assert.is(await after({ key: 'a.b', value: [1, 2] }), text)
})

test('a new value creates its parents, with the indentation of the file', async () => {
  assert.equal(JSON.parse(String(await after({ key: 'x.y', value: { z: null } }, '{}'))), {
    x: { y: { z: null } },
  })
  assert.match(String(await after({ key: 'n', value: 'v' })), /"c\.d": true,\n {4}"n": "v"\n\}/)
  assert.equal(JSON.parse(String(await after({ key: 'a', value: 1 }, ''))), { a: 1 })
})

test('a value is removed, and removing a missing one changes nothing', async () => {
  assert.not.match(String(await after({ key: 'a.b', state: 'absent' })), '"b"')
  assert.is(await after({ key: 'a.q', state: 'absent' }), text)
})

test('a file that is not JSON stays unchanged, and the error has the line', async () => {
  const run = await rehearse(jsonSetting({ path, key: 'a', value: 1 }), {
    files: { [path]: '{\n  "a": }\n' },
  })
  assert.match(String(run.error), '/etc/app.json is not valid JSON: line 2: ValueExpected')
  await rejects(() => jsonSetting({ path, key: 'a' }), 'params-invalid', 'a value is needed')
})

test('everything else keeps every byte', async () => {
  const odd = '\u{FEFF}{ "a": 1.0, "b" : [ 1,2 ],\r\n  "c": "\\u00e4" /* x */ }\r\n'
  assert.is(await after({ key: 'b.1', value: 3 }, odd), odd.replace('1,2', '1,3'))
  assert.is(await after({ key: 'c', state: 'absent' }, '{"a":1e2,"c":2}'), '{"a":1e2}')
  assert.is(await after({ key: 'd', value: { e: [1] } }, '{"a":1e2}'), '{"a":1e2, "d":{"e":[1]}}')
  const lines = '{\r\n\t"a": 1, // x\r\n\t"b": 2 // y\r\n}\r\n'
  assert.is(await after({ key: 'c', value: 3 }, lines), lines.replace('2 // y', '2, // y\r\n\t"c": 3'))
  assert.is(await after({ key: 'b', state: 'absent' }, lines), '{\r\n\t"a": 1 // x\r\n}\r\n')
})

test('the last entry is removed, and the comments of its neighbour stay', async () => {
  const without = (key: string, from: string) => after({ key, state: 'absent' }, from)
  assert.is(await without('b', '{\n  "a": 1, // about a\n  "b": 2 }'), '{\n  "a": 1 // about a\n   }')
  assert.is(await without('1', '[\n  1, // one\n  2 ]'), '[\n  1 // one\n   ]')
  assert.is(await without('b', '{"a": 1, /* about a */ "b": 2}'), '{"a": 1 /* about a */}')
  assert.is(await without('b', '{"a": 1,/* about a */"b": 2 /* b */}'), '{"a": 1/* about a */ /* b */}')
  assert.is(await without('b', '{"a": 1 /* about a */, "b": 2}'), '{"a": 1 /* about a */}')
  assert.is(await without('b', '{"a": 1, "b": 2 }'), '{"a": 1 }')
})

test('the error names a path that cannot be followed', async () => {
  await rejects(() => after({ key: 'a.x', value: 1 }, '{"a":"t"}'), 'task-failed', 'a is a single value')
  await rejects(() => after({ key: 'a.x', value: 1 }, '{"a":[]}'), 'task-failed', 'a is a list')
  await rejects(() => after({ key: 'a.2', value: 1 }, '{"a":[1]}'), 'task-failed', 'a is a list of 1 items')
  await rejects(() => after({ key: 'a.0', state: 'absent' }, '{"a":[1,2]}'), 'task-failed', 'not the last')
  assert.is(await after({ key: 'a.8080', value: 1 }, '{"a":{"8080":2}}'), '{"a":{"8080":1}}')
  await rejects(() => after({ key: 'a', state: 'absent' }, '{"a":1,"a":2}'), 'task-failed', 'in place')
})
