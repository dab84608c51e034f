import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { iniSetting } from '../../../tasks/files/ini-setting.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ini-setting')
const path = '/etc/app.ini'
const text = '# top\nname=x\n\n[a]\n; one\nport = 1\nempty\n\n[b]\nport: 2\n'

const after = async (
  params: Omit<Parameters<typeof iniSetting>[0], 'path'>,
  from = text,
): Promise<unknown> => {
  const run = await rehearse(iniSetting({ path, ...params }), { files: { [path]: from } })
  if (run.error !== undefined) throw run.error
  return run.files.get(path)?.content.toString()
}

test('a value is changed where it stands, in its section alone, written as it was', async () => {
  assert.is(await after({ section: 'a', option: 'port', value: 9 }), text.replace('port = 1', 'port = 9'))
  assert.is(await after({ section: 'b', option: 'port', value: 9 }), text.replace('port: 2', 'port: 9'))
  assert.is(await after({ option: 'name', value: 'y' }), text.replace('name=x', 'name=y'))
  assert.is(await after({ section: 'a', option: 'empty', value: '1' }), text.replace('empty', 'empty = 1'))
  assert.is(await after({ section: 'a', option: 'port', value: 1 }), text)
})

test('a new option goes to the end of its section, a new section to the end of the file', async () => {
  assert.is(
    await after({ section: 'a', option: 'host', value: 'h' }),
    text.replace('empty\n', 'empty\nhost = h\n'),
  )
  assert.is(await after({ section: 'c', option: 'x', value: 1, separator: '=' }), `${text}\n[c]\nx=1\n`)
  assert.is(await after({ option: 'new', value: 1 }), text.replace('name=x\n', 'name=x\nnew = 1\n'))
  assert.is(await after({ section: 'a', option: 'x', value: 1 }, ''), '[a]\nx = 1\n')
})

test('of several the last one counts; all of them go', async () => {
  assert.is(await after({ section: 'a', option: 'x', value: 3 }, '[a]\nx=1\nx=2\n'), '[a]\nx=1\nx=3\n')
  assert.is(await after({ section: 'a', option: 'x', state: 'absent' }, '[a]\nx=1\nx=2\ny=3\n'), '[a]\ny=3\n')
  assert.is(await after({ section: 'z', option: 'x', state: 'absent' }), text)
})

test('a name with signs of the language in it, and a value of two lines, are refused', async () => {
  await rejects(() => iniSetting({ path, option: 'a=b', value: 1 }), 'params-invalid', 'no name of an option')
  await rejects(
    () => iniSetting({ path, option: 'a', value: 'b\nc' }),
    'params-invalid',
    'a value is one line',
  )
  await rejects(() => iniSetting({ path, option: 'a' }), 'params-invalid', 'a value is needed')
})
