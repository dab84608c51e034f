/** Reading a known_hosts file with any kind of path, without waiting and in bounded memory. */
import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, symlinkSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { HostKeys } from '../../engine/connection/ssh/host-keys.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { knownAs } from '../../engine/connection/ssh/known-hosts.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('reading known_hosts')
const folder = folderOf(test, 'coxswain-known-')

const host = knownAs('db1.test', 22)

/** A key with a valid type. */
const keyOf = (filling: number): Buffer => {
  const type = Buffer.from('ssh-ed25519')
  const size = Buffer.alloc(4)
  size.writeUInt32BE(type.length)
  return Buffer.concat([size, type, Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, filling)])
}
const key = keyOf(1)
const line = `db1.test ssh-ed25519 ${key.toString('base64')}\n`

const verify = (files: readonly string[], checking: 'strict' | 'accept-new'): Promise<void> =>
  new HostKeys(files, checking).verify(host, key)

test('links are followed, and several files are combined', async () => {
  const file = folder.write('real', line)
  symlinkSync(file, folder.at('link'))
  symlinkSync('link', folder.at('link2'))
  linkSync(file, folder.at('second'))
  for (const name of ['real', 'link', 'link2', 'second']) await verify([folder.at(name)], 'strict')
  await verify([folder.at('none'), folder.at('none/below'), '/dev/null', file], 'strict')
})

test('no keys are recorded in a missing file, a dangling link and /dev/null', async () => {
  symlinkSync('nowhere', folder.at('dangling'))
  for (const file of [folder.at('none'), folder.at('dangling'), '/dev/null'])
    await rejects(() => verify([file], 'strict'), 'host-key-unknown', `which is not in ${file}`)
})

test('the hint has the commands that compare and record the key, with the port and the file', async () => {
  const file = folder.at('no file')
  const hintFor = async (port: number): Promise<string> => {
    try {
      await new HostKeys([file], 'strict').verify(knownAs('db1.test', port), key)
    } catch (error) {
      assert.ok(error instanceof CoxswainError)
      return error.hint
    }
    throw new Error('the key was accepted')
  }
  assert.match(await hintFor(22), 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
  assert.match(await hintFor(22), `ssh-keyscan db1.test >>'${file}'`)
  assert.match(await hintFor(2222), `ssh-keyscan -p 2222 db1.test >>'${file}'`)
})

test('a path that is not a regular file is refused by name, without waiting, also with accept-new', async () => {
  const pipe = folder.at('pipe')
  execFileSync('mkfifo', [pipe])
  symlinkSync('pipe', folder.at('to-pipe'))
  symlinkSync('/dev/zero', folder.at('to-zero'))
  const socket = folder.at('socket')
  const server = createServer()
  await new Promise<void>((done) => server.listen(socket, done))
  try {
    for (const [file, what] of [
      [pipe, 'a named pipe'],
      [folder.at('to-pipe'), 'a named pipe'],
      [folder.at('.'), 'a directory'],
      [socket, 'a socket'],
      ['/dev/zero', 'a device'],
      [folder.at('to-zero'), 'a device'],
    ] as const)
      for (const checking of ['strict', 'accept-new'] as const) {
        const said = `cannot read the host keys in ${file}: it is ${what}`
        const { hint } = await rejects(() => verify([file], checking), 'host-key-unknown', said)
        assert.match(hint ?? '', 'known_hosts_file')
        // another file can know the host, and the error is the same
        const beside = folder.write('beside', line)
        await rejects(() => verify([beside, file], checking), 'host-key-unknown', said)
      }
  } finally {
    server.close()
  }
})

test('a file is read up to a limit, and a larger one refused', async () => {
  const file = folder.write('large', line)
  truncateSync(file, 300 * 1024 * 1024)
  for (const checking of ['strict', 'accept-new'] as const)
    await rejects(() => verify([file], checking), 'host-key-unknown', 'it is larger than 64 MiB')
  assert.is(readFileSync(file).length, 300 * 1024 * 1024)
})

test('no file is read if host keys are not checked', async () => {
  await new HostKeys([folder.at('pipe')], 'off').verify(host, key)
  assert.ok((await new HostKeys([folder.at('pipe')], 'off').algorithms(host)).length > 0)
})
