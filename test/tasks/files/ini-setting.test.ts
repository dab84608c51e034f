import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { plainMasks } from '../../../engine/secret.ts'
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

test('a value is changed in place, in its section only, in its own layout', async () => {
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

test('if an option occurs several times, the last one counts; all of them are removed', async () => {
  assert.is(await after({ section: 'a', option: 'x', value: 3 }, '[a]\nx=1\nx=2\n'), '[a]\nx=1\nx=3\n')
  assert.is(await after({ section: 'a', option: 'x', state: 'absent' }, '[a]\nx=1\nx=2\ny=3\n'), '[a]\ny=3\n')
  assert.is(await after({ section: 'z', option: 'x', state: 'absent' }), text)
})

test('a name with characters of the syntax, and a value of two lines, are refused', async () => {
  await rejects(() => iniSetting({ path, option: 'a=b', value: 1 }), 'params-invalid', 'not a valid name')
  await rejects(
    () => iniSetting({ path, option: 'a', value: 'b\nc' }),
    'params-invalid',
    'a value must be one line',
  )
  await rejects(() => iniSetting({ path, option: 'a' }), 'params-invalid', 'a value is needed')
})

test('lines that continue a value are part of it', async () => {
  const list = '[a]\nneeds =\n    one\n\n    two = 2\n# about x\nx = 1\n'
  assert.is(await after({ section: 'a', option: 'two', value: 3 }, list), `${list}two = 3\n`)
  assert.is(await after({ section: 'a', option: 'needs', state: 'absent' }, list), '[a]\n# about x\nx = 1\n')
  assert.is(
    await after({ section: 'a', option: 'needs', value: 'three' }, list),
    '[a]\nneeds = three\n# about x\nx = 1\n',
  )
  const unit = '[Service]\nExecStart=/bin/x \\\n--flag=1 \\\n# note\n--other\nRestart=no\n'
  assert.is(
    await after({ section: 'Service', option: 'ExecStart', state: 'absent' }, unit),
    '[Service]\n# note\nRestart=no\n',
  )
  assert.is(
    await after({ section: 'Service', option: '--flag', value: '2', separator: '=' }, unit),
    `${unit}--flag=2\n`,
  )
})

test('a line that can be an option or continue the one above is neither lost nor doubled: continuation is required', async () => {
  const cases: readonly (readonly [string, Omit<Parameters<typeof iniSetting>[0], 'path'>])[] = [
    ['[user]\nname = A\n\temail = a@x\n', { section: 'user', option: 'name', value: 'B' }],
    ['[user]\nname = A\n\temail = a@x\n', { section: 'user', option: 'email', value: 'b@x' }],
    ['[user]\nname = A\n\temail = a@x\n', { section: 'user', option: 'email', state: 'absent' }],
    ['[a]\ndir = C:\\foo\\\nnext = 1\n', { section: 'a', option: 'dir', value: 'x' }],
    ['[a]\ndir = C:\\foo\\\nnext = 1\n', { section: 'a', option: 'next', value: 2 }],
  ]
  for (const [from, params] of cases)
    await rejects(() => after(params, from), 'task-failed', 'can either continue the value')
  const indented = '[user]\nname = A\n\temail = a@x\n'
  const set = { section: 'user', option: 'name', value: 'B' }
  assert.is(await after({ ...set, continuation: 'indent' }, indented), '[user]\nname = B\n')
  for (const continuation of ['backslash', 'none'] as const)
    assert.is(await after({ ...set, continuation }, indented), indented.replace('= A', '= B'))
  const slashed = '[a]\ndir = C:\\foo\\\nnext = 1\n'
  const dir = { section: 'a', option: 'dir', value: 'x' }
  assert.is(await after({ ...dir, continuation: 'backslash' }, slashed), '[a]\ndir = x\n')
  for (const continuation of ['indent', 'none'] as const)
    assert.is(await after({ ...dir, continuation }, slashed), '[a]\ndir = x\nnext = 1\n')
  // only relevant lines matter
  assert.is(
    await after({ section: 'b', option: 'x', value: 2 }, `${indented}[b]\nx = 1\n`),
    `${indented}[b]\nx = 2\n`,
  )
})

test('a name that differs in case or blanks is not set a second time', async () => {
  const upper = '[a]\nPort = 1\n'
  const set = { section: 'a', option: 'port', value: 2 }
  await rejects(() => after(set, upper), 'task-failed', 'has Port, which many programs take for port')
  await rejects(() => after({ ...set, section: 'A' }, upper), 'task-failed', 'has a, which many')
  await rejects(() => after(set, '[ a ]\nport = 1\n'), 'task-failed', 'which many programs take for a')
  assert.is(await after({ ...set, caseSensitive: false }, upper), '[a]\nPort = 2\n')
  assert.is(await after({ ...set, caseSensitive: true }, upper), '[a]\nPort = 1\nport = 2\n')
})

test('comment signs within values do not begin comments', async () => {
  const one = async (line: string, value: string | number): Promise<unknown> => {
    const next = await after({ section: 'a', option: 'x', value }, `[a]\n${line}\n`)
    assert.is(await after({ section: 'a', option: 'x', value }, String(next)), next)
    return next
  }
  assert.is(await one('x = #ff0000', '#00ff00'), '[a]\nx = #00ff00\n')
  assert.is(await one('x = #ff0000', 'red'), '[a]\nx = red\n')
  assert.is(await one('x = 1 #c', 'a #b'), '[a]\nx = a #b\n')
  assert.is(await one('x=/bin/sh -c "echo # hi"', '/bin/true'), '[a]\nx=/bin/true\n')
  assert.is(await one("x=/bin/sh -c 'echo # hi' # c", '/bin/true'), '[a]\nx=/bin/true # c\n')
  assert.is(await one("x = Ann's # c", 2), '[a]\nx = 2 # c\n')
})

test('a section that occurs twice is one section', async () => {
  const twice = '[a]\nx=1\n[b]\n[a]\ny=2\n'
  assert.is(await after({ section: 'a', option: 'y', value: 3 }, twice), '[a]\nx=1\n[b]\n[a]\ny=3\n')
  assert.is(await after({ section: 'a', option: 'x', value: 3 }, twice), '[a]\nx=3\n[b]\n[a]\ny=2\n')
  assert.is(await after({ section: 'a', option: 'z', value: 3 }, twice), '[a]\nx=1\n[b]\n[a]\ny=2\nz = 3\n')
  assert.is(await after({ section: 'a', option: 'x', state: 'absent' }, '[a]\nx=1\n[a]\nx=2\n'), '[a]\n[a]\n')
})

test('a comment after a value stays, unless the sign belongs to the value', async () => {
  const one = '[a]\nport = 1 ; the port\nmark = #fff\nname = "x ; y" # z\n'
  assert.is(await after({ section: 'a', option: 'port', value: 2 }, one), one.replace('= 1 ', '= 2 '))
  assert.is(await after({ section: 'a', option: 'port', value: 1 }, one), one)
  assert.is(await after({ section: 'a', option: 'port', value: '1 ; the port' }, one), one)
  assert.is(
    await after({ section: 'a', option: 'port', value: 2, inlineComments: false }, one),
    one.replace('1 ; the port', '2'),
  )
  assert.is(await after({ section: 'a', option: 'name', value: '"n"' }, one), one.replace('"x ; y"', '"n"'))
})

test('indented options stay indented, and a new one is written like them', async () => {
  const git = '[user]\n\tname = x\n\temail = y\n[core]\n'
  assert.is(
    await after({ section: 'user', option: 'key', value: 'z' }, git),
    '[user]\n\tname = x\n\temail = y\n\tkey = z\n[core]\n',
  )
  assert.is(await after({ section: 'user', option: 'email', value: 'z' }, git), git.replace('= y', '= z'))
})

test('CRLF and a missing last newline stay', async () => {
  assert.is(
    await after({ section: 'a', option: 'x', value: 2 }, '[a]\r\nx = 1\r\n[b]\r\n'),
    '[a]\r\nx = 2\r\n[b]\r\n',
  )
  assert.is(await after({ section: 'a', option: 'x', value: 1 }, '[a]\r\nx = 1'), '[a]\r\nx = 1')
  assert.is(await after({ section: 'a', option: 'x', value: 2 }, '[a]\r\nx = 1'), '[a]\r\nx = 2')
  assert.is(await after({ section: 'b', option: 'x', value: 2 }, '[a]\r\n'), '[a]\r\n\r\n[b]\r\nx = 2\r\n')
})

test('neither a secret value nor the old value is shown', async () => {
  const files = { [path]: '[a]\npassword = old ; one\n' }
  const run = await rehearse(
    iniSetting({ path, section: 'a', option: 'password', value: new Secret('new#1') }),
    { files },
  )
  assert.is(run.files.get(path)?.content, '[a]\npassword = new#1\n')
  assert.is(JSON.stringify(run.changes).includes('old'), false)
  assert.equal(JSON.parse(plainMasks(JSON.stringify(run.changes))), [
    { what: `[a] password in ${path}`, from: '********', to: '********' },
  ])
})

test('values that the reader would read in another way are refused', async () => {
  for (const option of [' a', '#a', 'a ', ''])
    await rejects(() => iniSetting({ path, option, value: 1 }), 'params-invalid', 'not a valid name')
  await rejects(
    () => iniSetting({ path, option: 'a', value: 'x\\' }),
    'params-invalid',
    'continue it on the next',
  )
  await rejects(() => iniSetting({ path, section: 'a]', option: 'a', value: 1 }), 'params-invalid', 'bracket')
})
