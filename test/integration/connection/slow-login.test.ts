/** Hosts with a slow login. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { opensshConnection, sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('a slow login', { needs: ['root', 'sshd', 'ssh'] })

let sshd: Sshd
const folder = `/etc/ssh/coxswain-test-slow-${process.pid}`
const open: Connection[] = []
test.before(async () => {
  mkdirSync(folder)
  // the keys of a user come from a directory service that answers after eleven seconds
  const program = join(folder, 'keys')
  writeFileSync(program, `#!/bin/sh\nsleep 11\ncat ${folder}/authorized\n`)
  chmodSync(program, 0o755)
  sshd = await startSshd([
    'AuthorizedKeysFile none',
    `AuthorizedKeysCommand ${program}`,
    'AuthorizedKeysCommandUser root',
  ])
  writeFileSync(join(folder, 'authorized'), `${sshd.publicKey}\n`)
})
test.after(async () => {
  await sshd.stop()
  rmSync(folder, { recursive: true })
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})
const opened = (made: Connection): Connection => {
  open.push(made)
  return made
}
const says = async (connection: Connection): Promise<string> =>
  (await connection.execute({ script: 'echo in', purpose: 'query' })).stdout.toString()

test('the timeout of connecting does not limit the login', async () => {
  assert.is(await says(opened(sshConnection(sshd.settings({ connectTimeout: 10 })))), 'in\n')
})

test("nor with the system's ssh", async () => {
  assert.is(await says(opened(opensshConnection(sshd.opensshSettings({ connectTimeout: 10 })))), 'in\n')
})

test('a login that exceeds its timeout is an error that says so', async () => {
  const connection = opened(sshConnection(sshd.settings({ loginTimeout: 1 })))
  await rejects(() => says(connection), 'connect-failed', 'the login took longer than 1 s')
})
