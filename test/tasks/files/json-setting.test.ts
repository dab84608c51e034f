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

test('a value is changed at its place, and comments and layout stay', async () => {
  assert.is(await after({ key: 'a.b.1', value: 3 }), text.replace('[1, 2]', '[1, 3]'))
  assert.is(await after({ key: ['c.d'], value: false }), text.replace('true', 'false'))
  assert.is(await after({ key: 'a.b', value: [1, 2] }), text)
})

test('a new value brings what it stands in, with the indentation of the file', async () => {
  assert.equal(JSON.parse(String(await after({ key: 'x.y', value: { z: null } }, '{}'))), {
    x: { y: { z: null } },
  })
  assert.match(String(await after({ key: 'n', value: 'v' })), /"c\.d": true,\n {4}"n": "v"\n\}/)
  assert.equal(JSON.parse(String(await after({ key: 'a', value: 1 }, ''))), { a: 1 })
})

test('a value goes, and one that is not there is gone', async () => {
  assert.not.match(String(await after({ key: 'a.b', state: 'absent' })), '"b"')
  assert.is(await after({ key: 'a.q', state: 'absent' }), text)
})

test('a file that is no JSON is left alone, and the line said', async () => {
  const run = await rehearse(jsonSetting({ path, key: 'a', value: 1 }), {
    files: { [path]: '{\n  "a": }\n' },
  })
  assert.match(String(run.error), '/etc/app.json is no JSON: line 2: ValueExpected')
  await rejects(() => jsonSetting({ path, key: 'a' }), 'params-invalid', 'a value is needed')
})
