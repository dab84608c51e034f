/** Interrupted transfers continue where they were: over a real sshd, with the connection cut in the middle. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection, sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { partName } from '../../../engine/remote/transfer.ts'
import type { RepeatableSource, Transfer } from '../../../engine/remote/transfer.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { startDelayProxy } from '../../support/delay-proxy.ts'
import type { DelayProxy } from '../../support/delay-proxy.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('interrupted transfers', { needs: ['root', 'sshd', 'ssh'] })

const folder = folderOf(test)
let sshd: Sshd
let proxy: DelayProxy
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd()
  proxy = await startDelayProxy(sshd.port, 0)
})
test.after(async () => {
  await proxy.stop()
  await sshd.stop()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})
const throughProxy = (): Connection => {
  const settings = sshd.settings({ port: proxy.port, hostKeys: new HostKeys([], 'off') })
  const connection = sshConnection(settings)
  open.push(connection)
  return connection
}

const content = randomBytes(32 * 1024 * 1024)
const sha256 = createHash('sha256').update(content).digest('hex')

/** The content, and how many of its bytes were read for sending; `halfway` is called in the middle. */
const source = (halfway: () => Promise<void> = async () => {}) => {
  const taken = { bytes: 0 }
  const made: RepeatableSource = {
    size: content.length,
    sha256,
    async *from(offset) {
      const step = 1024 * 1024
      for (let at = offset; at < content.length; at += step) {
        if (at < content.length / 2 && at + step >= content.length / 2) await halfway()
        const chunk = content.subarray(at, at + step)
        taken.bytes += chunk.length
        yield chunk
      }
    },
  }
  return { source: made, taken }
}

const place = (): string => {
  const path = folder.at(`place-${randomBytes(4).toString('hex')}`)
  mkdirSync(path)
  return path
}
const partIn = (path: string): string => join(path, partName(join(path, 'big'), sha256))

test('the next attempt sends only the rest, and nothing is left over', async () => {
  const here = place()
  const dest = join(here, 'big')
  const part = partIn(here)
  const cutting = source(async () => {
    // some of it must have arrived
    await until(() => readdirSync(here).length > 0 && statSync(part).size > 4_000_000)
    proxy.cut()
  })
  const remote = createRemote(throughProxy())
  await rejects(() => remote.writeStream(dest, cutting.source), 'connection-lost', 'lost')
  assert.equal(readdirSync(here), [partName(dest, sha256)])
  assert.is(statSync(part).mode & 0o777, 0o600)
  // drafts of other content are removed, too
  writeFileSync(join(here, partName(dest, '0'.repeat(64))), 'older')

  const reported: Transfer[] = []
  const again = source()
  const next = createRemote(throughProxy(), { onTransfer: (transfer) => reported.push(transfer) })
  await next.writeStream(dest, again.source, { mode: '0640' })
  assert.ok(readFileSync(dest).equals(content))
  assert.equal(readdirSync(here), ['big'])
  assert.is(statSync(dest).mode & 0o777, 0o640)
  const offset = reported[0]?.bytes ?? 0
  assert.ok(offset > 4_000_000, `it went on at ${offset}`)
  assert.equal(reported.at(-1), { path: dest, bytes: content.length, size: content.length })
  // read once to compare the received part, and then the rest: never everything again
  const compared = Math.ceil(offset / 1024 / 1024) * 1024 * 1024
  assert.is(again.taken.bytes, compared + content.length - offset)
})

test('the engine reconnects by itself and continues, in the same task', async () => {
  const here = place()
  const src = folder.at('src')
  writeFileSync(src, content)
  const connection = throughProxy()
  let sent = 0
  const offsets: (number | undefined)[] = []
  const watched: Connection = {
    ...connection,
    description: 'watched',
    close: () => connection.close(),
    execute: (request) => {
      const { operation, stdin } = request
      if (operation?.kind !== 'write' || typeof stdin !== 'object' || !(Symbol.asyncIterator in stdin))
        return connection.execute(request)
      offsets.push(operation.part?.offset)
      async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunks) {
          sent += chunk.length
          yield chunk
          if (offsets.length > 1 || sent < 16_000_000) continue
          await until(() => statSync(partIn(here)).size > 4_000_000)
          proxy.cut()
        }
      }
      return connection.execute({ ...request, stdin: counted(stdin) })
    },
  }
  const run = standaloneRun(new Map([['host', watched]]))
  const result = await run(copy({ src, dest: join(here, 'big') }), false)
  assert.is(result.outcome, 'changed', String(result.error))
  assert.ok(readFileSync(join(here, 'big')).equals(content))
  assert.is(offsets.length, 2)
  assert.ok((offsets[1] ?? 0) > 4_000_000)
  assert.ok(sent < content.length * 1.5, `${sent} bytes were sent`)
})

/** A remote without a network, and the offset from which it continued. */
const here = async (dest: string, made: RepeatableSource): Promise<number | undefined> => {
  const connection = localConnection()
  open.push(connection)
  const reported: Transfer[] = []
  await createRemote(connection, { onTransfer: (transfer) => reported.push(transfer) }).writeStream(
    dest,
    made,
  )
  return reported[0]?.bytes
}

test('a draft that is not a beginning of the content is sent again', async () => {
  for (const bytes of [Buffer.alloc(5_000_000, 'x'), Buffer.concat([content, Buffer.from('more')])]) {
    const path = place()
    writeFileSync(partIn(path), bytes, { mode: 0o600 })
    assert.is(await here(join(path, 'big'), source().source), 0)
    assert.ok(readFileSync(join(path, 'big')).equals(content))
    assert.equal(readdirSync(path), ['big'])
  }
})

test('a draft that other users could have written is not continued', async () => {
  const path = place()
  const elsewhere = join(place(), 'target')
  writeFileSync(elsewhere, content.subarray(0, 5_000_000), { mode: 0o600 })
  symlinkSync(elsewhere, partIn(path))
  assert.is(await here(join(path, 'big'), source().source), 0)
  assert.is(statSync(elsewhere).size, 5_000_000)
  writeFileSync(partIn(path), content.subarray(0, 5_000_000), { mode: 0o644 })
  assert.is(await here(join(path, 'big'), source().source), 0)
  assert.equal(readdirSync(path), ['big'])
})

test('content that differs from what was announced replaces nothing', async () => {
  const path = place()
  writeFileSync(join(path, 'big'), 'old')
  const { source: made } = source()
  const error = await rejects(
    () => here(join(path, 'big'), { ...made, sha256: '0'.repeat(64) }),
    'write-failed',
    'cannot write',
  )
  assert.match(error.output ?? '', `what came is not what was sent: its sha256 is ${sha256}`)
  assert.is(readFileSync(join(path, 'big'), 'utf8'), 'old')
  assert.equal(readdirSync(path), ['big'])
})
