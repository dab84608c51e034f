/** Interrupted transfers continue where they were, with GNU's tools and with busybox's. */
import { createHash, randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { createRemote } from '../../../engine/remote/remote.ts'
import { partName } from '../../../engine/remote/transfer.ts'
import type { Transfer } from '../../../engine/remote/transfer.ts'
import { realHosts } from '../../support/real-host.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'

const test = suite('transfers on real hosts')

const content = randomBytes(12_000_000)
const sha256 = createHash('sha256').update(content).digest('hex')
const size = content.length

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: the part that arrived before a connection ended is not sent again`, async () => {
    const [path, part] = ['/srv/big', `/srv/${partName('/srv/big', sha256)}`]
    const first = await host.connect()
    let closing: Promise<void> | undefined
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 6_000_000)
      await until(async () => Number(await host.sh(`stat -c %s ${part} 2>/dev/null || echo 0`)) > 4_500_000)
      closing = first.close()
      await new Promise(() => {})
    }
    const broken = { size, sha256, from: breaking }
    await rejects(() => createRemote(first).writeStream(path, broken), 'interrupted', '')
    await closing

    const second = await host.connect()
    const reported: Transfer[] = []
    const remote = createRemote(second, { onTransfer: (transfer) => reported.push(transfer) })
    async function* rest(offset: number): AsyncGenerator<Uint8Array> {
      yield content.subarray(offset)
    }
    await remote.writeStream(path, { size, sha256, from: rest }, { mode: '0600' })
    await second.close()
    assert.ok((reported[0]?.bytes ?? 0) > 4_500_000, `it went on at ${reported[0]?.bytes}`)
    assert.is(
      await host.sh(`sha256sum ${path} | cut -c1-64; ls -A /srv; stat -c %a ${path}`),
      `${sha256}\nbig\n600\n`,
    )
  })
}
