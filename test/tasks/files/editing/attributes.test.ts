/** Owner, group and mode of the tasks that edit a file. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../../engine/testing.ts'
import {
  blockInFile,
  file,
  iniSetting,
  jsonSetting,
  lineInFile,
  replace,
  template,
  yamlSetting,
} from '../../../../tasks/index.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('attributes of edited files')
const folder = folderOf(test)

const path = '/etc/app'
const wanted = { path, owner: 'app', group: 'app', mode: 'u=rw,go=' }
const tasks = {
  'line-in-file': lineInFile({ ...wanted, line: 'b = 2' }),
  'block-in-file': blockInFile({ ...wanted, block: 'b = 2' }),
  replace: replace({ ...wanted, regexp: 'a = 1', replacement: 'b = 2' }),
  'ini-setting': iniSetting({ ...wanted, option: 'b', value: '2' }),
  'yaml-setting': yamlSetting({ ...wanted, key: 'b', value: 2 }),
  'json-setting': jsonSetting({ ...wanted, key: 'b', value: 2 }),
}
const before: Readonly<Record<string, string>> = { 'yaml-setting': 'a: 1\n', 'json-setting': '{"a": 1}\n' }

for (const [name, task] of Object.entries(tasks)) {
  test(`${name}: owner, group and mode are set with the edit, and alone`, async () => {
    const content = before[name] ?? 'a = 1\n'
    const edited = await rehearse(task, { files: { [path]: { content, mode: '0644' } } })
    assert.is(edited.outcome, 'changed', String(edited.error))
    assert.equal(
      edited.changes.map(({ what }) => what),
      [path, `owner of ${path}`, `group of ${path}`, `mode of ${path}`],
    )
    const made = edited.files.get(path)
    assert.equal([made?.mode, made?.owner, made?.group], ['0600', 'app', 'app'])
    assert.match(String(made?.content), /2/)
    // only the mode differs
    const alone = await rehearse(task, {
      files: { [path]: { ...made, content: made?.content ?? '', mode: '0640' } },
    })
    assert.equal(
      [alone.outcome, alone.changes],
      ['changed', [{ what: `mode of ${path}`, from: '0640', to: '0600' }]],
    )
    assert.equal(alone.files.get(path), made)
  })
}

test('a new file is created with them, and nothing is created for the attributes alone', async () => {
  const made = await rehearse(lineInFile({ ...wanted, line: 'x', create: true }), {})
  assert.is(made.files.get(path)?.mode, '0600')
  const absent = await rehearse(lineInFile({ ...wanted, line: 'x', state: 'absent' }), {})
  assert.equal([absent.outcome, absent.files.has(path)], ['ok', false])
  const missing = await rehearse(lineInFile({ ...wanted, line: 'x' }), {})
  assert.match(String(missing.error), 'does not exist')
})

test('tasks that write complete files apply a symbolic mode to what is there, and to 0644 for a new file', async () => {
  const src = folder.write('t.hbs', 'x\n')
  for (const task of [
    file({ path, content: 'x\n', mode: 'u+x,o-r' }),
    template({ src, dest: path, mode: 'u+x,o-r' }),
  ]) {
    const made = await rehearse(task, {})
    assert.equal([made.outcome, made.files.get(path)?.mode], ['changed', '0740'], String(made.error))
    const kept = await rehearse(task, { files: { [path]: { content: 'x\n', mode: '4664' } } })
    assert.equal(
      [kept.changes, kept.files.get(path)?.mode],
      [[{ what: `mode of ${path}`, from: '4664', to: '4760' }], '4760'],
    )
  }
})
