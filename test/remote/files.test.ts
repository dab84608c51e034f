import {
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  mkdirSync,
} from 'node:fs'
import * as assert from 'uvu/assert'
import type { Connection } from '../../engine/connection/types.ts'
import { Secret } from '../../engine/secret.ts'
import { createRemote } from '../../engine/remote/remote.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('file operations in a real shell')

const { path: root, at } = folderOf(test, "cox swain's ")
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const remote = createRemote(shellConnection())

test('content that was written is read back byte for byte', async () => {
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
  await remote.write(at('bytes'), content)
  assert.ok((await remote.readBytes(at('bytes')))?.equals(content))
})

test('a new file gets the given mode, 0644 by default', async () => {
  await remote.write(at('plain'), 'x')
  assert.is(mode(at('plain')), '0644')
  await remote.write(at('key'), new Secret('k'), { mode: '600' })
  assert.is(mode(at('key')), '0600')
})

test('an existing file keeps its mode', async () => {
  writeFileSync(at('kept'), 'old')
  chmodSync(at('kept'), 0o4710)
  await remote.write(at('kept'), 'new')
  assert.is(mode(at('kept')), '4710')
  assert.is(readFileSync(at('kept'), 'utf8'), 'new')
})

test('a link stays a link, and its target is written', async () => {
  writeFileSync(at('target'), 'old')
  symlinkSync(at('target'), at('link'))
  await remote.write(at('link'), 'new')
  assert.is((await remote.stat(at('link')))?.type, 'link')
  assert.is((await remote.stat(at('link')))?.target, at('target'))
  assert.is(readFileSync(at('target'), 'utf8'), 'new')
})

test('input that ends early replaces nothing and leaves no temporary file', async () => {
  writeFileSync(at('whole'), 'whole')
  const cut: Connection = {
    ...shellConnection(),
    execute: (request) => shellConnection().execute({ ...request, stdin: 'ha' }),
  }
  await rejects(
    () => createRemote(cut).write(at('whole'), 'half and half'),
    'write-failed',
    `cannot write ${at('whole')}`,
  )
  assert.is(readFileSync(at('whole'), 'utf8'), 'whole')
  assert.equal(
    readdirSync(root).filter((name) => name.startsWith('.coxswain')),
    [],
  )
})

test('a missing file is undefined, not an error', async () => {
  assert.is(await remote.read(at('none')), undefined)
  assert.is(await remote.read(at('plain/below')), undefined)
  assert.is(await remote.stat(at('none')), undefined)
  assert.is(await remote.sha256(at('none')), undefined)
  assert.is(await remote.list(at('none')), undefined)
})

test('a dangling link reads as a missing file', async () => {
  symlinkSync(at('nowhere'), at('dangling'))
  assert.is(await remote.read(at('dangling')), undefined)
  assert.is((await remote.stat(at('dangling')))?.type, 'link')
  assert.is(await remote.stat(at('dangling'), { follow: true }), undefined)
})

test('stat describes the target if links are followed', async () => {
  writeFileSync(at('end'), 'abc', { mode: 0o640 })
  symlinkSync('end', at('middle'))
  symlinkSync('middle', at('start'))
  const found = await remote.stat(at('start'), { follow: true })
  assert.equal([found?.type, found?.mode, found?.size, found?.target], ['file', '0640', 3, undefined])
})

test('a directory is created with its parents, and listed', async () => {
  await remote.makeDirectory(at('a/b'), { mode: '0700' })
  assert.is(mode(at('a/b')), '0700')
  assert.is((await remote.stat(at('a/b')))?.type, 'directory')
  writeFileSync(at('a/b/-n'), '')
  assert.equal(await remote.list(at('a/b')), ['-n'])
})

test('sha256 is that of the content', async () => {
  await remote.write(at('sum'), 'abc')
  assert.is(
    await remote.sha256(at('sum')),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('removal is recursive only on request', async () => {
  mkdirSync(at('tree'))
  writeFileSync(at('tree/leaf'), '')
  await rejects(() => remote.remove(at('tree')), 'write-failed', 'cannot remove')
  await remote.remove(at('tree'), { recursive: true })
  assert.is(await remote.exists(at('tree')), false)
  await remote.remove(at('tree'))
})

test('a failure has a hint', async () => {
  const folder = await rejects(() => remote.write(at('no/such/file'), 'x'), 'write-failed', 'cannot write')
  assert.match(folder.hint, 'create its folder first')
  const missing = { owner: 'no-such-user' }
  const user = await rejects(
    () => remote.setAttributes(at('.'), missing),
    'write-failed',
    'set owner or mode',
  )
  assert.match(user.hint, 'create the user or group first')
})

test("a failed write is an error with the system's message", async () => {
  const error = await rejects(
    () => remote.write(at('no-such-directory/file'), 'x'),
    'write-failed',
    'cannot write',
  )
  assert.match(error.output ?? '', 'No such file or directory')
})

test('relative paths, invalid modes and / are refused before a command is sent', async () => {
  await rejects(() => remote.write('etc/x', 'x'), 'params-invalid', 'not an absolute path')
  await rejects(() => remote.write(at('x'), 'x', { mode: '420x' }), 'params-invalid', 'not a file mode')
  await rejects(() => remote.remove('//', { recursive: true }), 'params-invalid', 'refusing to remove')
})
