/** What a diff shows of secrets that were already in a file: neither removed nor unchanged values. */
import * as assert from 'uvu/assert'
import type { Task } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import { iniSetting } from '../../../../tasks/files/ini-setting.ts'
import { jsonSetting } from '../../../../tasks/files/json-setting.ts'
import { lineInFile } from '../../../../tasks/files/line-in-file.ts'
import { replace } from '../../../../tasks/files/replace.ts'
import { yamlSetting } from '../../../../tasks/files/yaml-setting.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('secrets in diffs of edits')

const path = '/etc/app'
const ini = '[db]\npassword=OLD\nport=1\n'
const cases: Readonly<Record<string, readonly [Task, string]>> = {
  'ini-setting absent': [iniSetting({ path, section: 'db', option: 'password', state: 'absent' }), ini],
  'ini-setting beside one': [iniSetting({ path, section: 'db', option: 'port', value: '2' }), ini],
  'yaml-setting absent': [
    yamlSetting({ path, key: 'db.password', state: 'absent' }),
    'db:\n  password: OLD\n',
  ],
  'yaml-setting, several lines': [yamlSetting({ path, key: 'api_key', value: 'n' }), 'api_key: |\n  OLD\n'],
  'json-setting, plain': [
    jsonSetting({ path, key: 'password', value: 'n' }),
    '{"a": 1, "password": "OLD"}\n',
  ],
  'line-in-file absent': [lineInFile({ path, regexp: '^rootpw', state: 'absent' }), 'a\nrootpw OLD\n'],
  'line-in-file, another': [lineInFile({ path, regexp: '^token', line: 'token = n' }), 'token = OLD\n'],
  replace: [replace({ path, regexp: 'OLD', replacement: 'n' }), 'export API_KEY="OLD"\n'],
}

for (const [name, [task, content]] of Object.entries(cases)) {
  test(name, async () => {
    const run = await rehearse(task, { files: { [path]: content } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.not.match(JSON.stringify(run.changes), 'OLD')
    assert.not.match(
      String(run.files.get(path)?.content),
      name === 'ini-setting beside one' ? 'port=1' : 'OLD',
    )
  })
}

for (const [line, shown] of [
  ['<password>OLD</password>', '<password>(hidden, goes)</password>'],
  ['<dbPassword type="x">OLD</dbPassword>', '<dbPassword type="x">(hidden, goes)</dbPassword>'],
  ['ExecStart=/bin/x --token OLD --port 5', 'ExecStart=/bin/x --token (hidden, goes) --port 5'],
  ["run --db-password='OLD 1'", 'run --db-password=(hidden, goes)'],
  ['user_pw=OLD', 'user_pw=(hidden, goes)'],
  ['pwd=OLD', 'pwd=(hidden, goes)'],
  ['  psk="OLD"', '  psk=(hidden, goes)'],
  ['encryptionKey: OLD', 'encryptionKey: (hidden, goes)'],
  ['requirepass OLD', 'requirepass (hidden, goes)'],
  ['masterauth OLD', 'masterauth (hidden, goes)'],
  ['Authorization: Bearer OLD', 'Authorization: Bearer (hidden, goes)'],
  ['url=postgres://u:OLD@h/db', 'url=postgres://u:(hidden, goes)@h/db'],
  ['sshpass -p OLD ssh h', 'sshpass -p (hidden, goes) ssh h'],
] as const)
  test(`a removed line: ${shown}`, async () => {
    const run = await rehearse(lineInFile({ path, regexp: 'OLD', state: 'absent' }), {
      files: { [path]: `a\n${line}\n` },
    })
    assert.equal(run.changes, [{ what: path, from: `a\n${shown}\n`, to: 'a\n' }])
  })

test('words that only look similar are shown', async () => {
  const content = 'passenger: OLD\n--passive OLD\nhttp://h:80/OLD@x\nthe token ring OLD is old\n'
  const run = await rehearse(lineInFile({ path, line: 'new' }), { files: { [path]: content } })
  assert.equal(run.changes, [{ what: path, from: content, to: `${content}new\n` }])
})

test('a diff still shows which line changes, and prose and PAM lines are shown', async () => {
  const content =
    '# the password is in the vault\npassword required pam_unix.so\ntoken=kept\ntoken2=x\nsecret: OLD\n'
  const run = await rehearse(replace({ path, regexp: 'OLD', replacement: 'n' }), {
    files: { [path]: content },
  })
  assert.equal(run.changes, [
    {
      what: path,
      from: content.replace('kept', '(hidden)').replace('OLD', '(hidden, goes)'),
      to: content.replace('kept', '(hidden)').replace('OLD', '(hidden, new)'),
    },
  ])
})
