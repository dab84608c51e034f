import * as assert from 'uvu/assert'
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

test('a value is changed at its place, and comments, order and quotes stay', async () => {
  assert.is(await after({ key: 'server.names.1', value: 'c' }), text.replace('- b', '- c'))
  assert.is(await after({ key: 'last', value: 'no' }), text.replace('"yes"', '"no"'))
  assert.match(String(await after({ key: 'server.port', value: 8080 })), /^# ours\nserver:\n {2}port: 8080/)
  assert.is(await after({ key: 'server.port', value: 80 }), text)
})

test('a new value brings what it stands in', async () => {
  assert.is(await after({ key: 'a.b', value: [1, 'x'] }, ''), 'a:\n  b:\n    - 1\n    - x\n')
  assert.is(await after({ key: 'a.b', value: 1 }, '# only a word\n'), '# only a word\n\na:\n  b: 1\n')
})

test('a value goes with the comment above it, and one that is not there is gone', async () => {
  assert.is(await after({ key: 'server', state: 'absent' }), 'last: "yes"\n')
  assert.is(await after({ key: 'x.y', state: 'absent' }), text)
})

test('what is no single document is left alone', async () => {
  const say = async (content: string): Promise<string> =>
    String((await rehearse(yamlSetting({ path, key: 'a', value: 1 }), { files: { [path]: content } })).error)
  assert.match(await say('a: 1\n---\nb: 2\n'), 'no single YAML document: it holds 2')
  assert.match(await say('a: [1\n'), '/etc/app.yaml is no YAML: ')
  await rejects(() => yamlSetting({ path, key: 'a' }), 'params-invalid', 'a value is needed')
})
