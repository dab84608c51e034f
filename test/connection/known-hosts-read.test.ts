/** What is read as a known_hosts file: whatever its path leads to, without waiting and in bounded memory. */
import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, symlinkSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { HostKeys } from '../../engine/connection/ssh/host-keys.ts'
import { knownAs } from '../../engine/connection/ssh/known-hosts.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('reading known_hosts')
const folder = folderOf(test, 'coxswain-known-')

const host = knownAs('db1.test', 22)

/** A key of a type that is one by its form. */
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

test('a link is followed to whatever file it leads to, and several files are one', async () => {
  const file = folder.write('real', line)
  symlinkSync(file, folder.at('link'))
  symlinkSync('link', folder.at('link2'))
  linkSync(file, folder.at('second'))
  for (const name of ['real', 'link', 'link2', 'second']) await verify([folder.at(name)], 'strict')
  await verify([folder.at('none'), folder.at('none/below'), '/dev/null', file], 'strict')
})

test('nothing is recorded where there is no file, behind a dangling link and in /dev/null', async () => {
  symlinkSync('nowhere', folder.at('dangling'))
  for (const file of [folder.at('none'), folder.at('dangling'), '/dev/null'])
    await rejects(() => verify([file], 'strict'), 'host-key-unknown', `which is not in ${file}`)
})

test('what is no file is refused by name, also where new keys are accepted, and never waited for', async () => {
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
        // a file beside it may know the host, and still nothing is taken for granted
        const beside = folder.write('beside', line)
        await rejects(() => verify([beside, file], checking), 'host-key-unknown', said)
      }
  } finally {
    server.close()
  }
})

test('a file of any size is read up to a limit, and refused beyond', async () => {
  const file = folder.write('large', line)
  truncateSync(file, 300 * 1024 * 1024)
  for (const checking of ['strict', 'accept-new'] as const)
    await rejects(() => verify([file], checking), 'host-key-unknown', 'it has more than 64 MiB')
  assert.is(readFileSync(file).length, 300 * 1024 * 1024)
})

test('a host key that is not checked needs no file', async () => {
  await new HostKeys([folder.at('pipe')], 'off').verify(host, key)
  assert.ok((await new HostKeys([folder.at('pipe')], 'off').algorithms(host)).length > 0)
})
