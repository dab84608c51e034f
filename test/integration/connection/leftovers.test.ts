/** What an interrupted transfer leaves on a host: nothing, or files that the next one removes. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('leftovers', { needs: ['root', 'sshd', 'ssh'] })

let sshd: Sshd
let folder = ''
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd()
})
test.after(() => sshd.stop())
test.beforeEach(() => {
  // a root-owned folder that no other user writes into
  folder = mkdtempSync(join(tmpdir(), 'coxswain-leftovers-'))
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
  rmSync(folder, { recursive: true })
})

const connect = (): Connection => {
  const made = sshConnection(sshd.settings())
  open.push(made)
  return made
}
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('.coxswain.'))

/** Starts a transfer that never ends, and resolves with the name of its draft. */
const stalled = async (connection: Connection): Promise<string> => {
  async function* stalling(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(2_000_000, 'x')
    await new Promise(() => {})
  }
  const before = leftovers()
  createRemote(connection)
    .writeStream(join(folder, 'big'), { size: 5_000_000, chunks: stalling() })
    .catch(() => {})
  let made: string | undefined
  await until(() => (made = leftovers().find((name) => !before.includes(name))) !== undefined)
  return made ?? ''
}

test('the host removes the draft when the connection ends', async () => {
  const connection = connect()
  await stalled(connection)
  await connection.close()
  await until(() => leftovers().length === 0)
})

test('the next write removes what a killed host or shell left, and keeps what is in use', async () => {
  const left = await stalled(connect())
  // as in a power failure: no process can clean up
  const pid = Number(left.split('.').at(-2))
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // sshd creates a process group for each command; never any other number, because -1 means every process
  assert.is(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]), pid)
  assert.ok(pid > 1)
  process.kill(-pid, 'SIGKILL')
  await until(() => !existsSync(`/proc/${pid}`))
  assert.equal(leftovers(), [left])
  const inUse = await stalled(connect())
  await createRemote(connect()).write(join(folder, 'other'), 'content')
  assert.equal(leftovers(), [inUse])
})

test('the next write removes drafts older than a day', async () => {
  const old = Date.now() / 1000 - 86_400 * 1.1
  for (const name of ['.coxswain.AbCdEf', '.coxswain.0011.2233.part', '.coxswain.elsewhere.1.AbCdEf']) {
    writeFileSync(join(folder, name), 'x')
    utimesSync(join(folder, name), old, old)
  }
  writeFileSync(join(folder, '.coxswain.4455.6677.part'), 'x')
  await createRemote(connect()).write(join(folder, 'other'), 'content')
  assert.equal(leftovers(), ['.coxswain.4455.6677.part'])
})
