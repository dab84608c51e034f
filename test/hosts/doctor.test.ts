/** The doctor's probes on real userlands, with and without problems. */
import * as assert from 'uvu/assert'
import { examine } from '../../engine/cli/doctor/examine.ts'
import { suite } from '../support/spec.ts'
import { realHosts } from '../support/real-host.ts'
import type { RealHost } from '../support/real-host.ts'

const test = suite('the doctor on real hosts')

const problemsOf = async (host: RealHost): Promise<string[]> => {
  const connection = await host.connect()
  try {
    const target = { name: host.name, identity: undefined, connection }
    const found = await examine(target, () => Date.now() / 1000)
    return found.map(({ probe, what }) => `${probe}: ${what}`)
  } finally {
    await connection.close()
  }
}

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: no problems, until a tool is missing and a disk is full`, async () => {
    assert.equal(await problemsOf(host), [])
    await host.sh('f=$(command -v flock) && mv "$f" "$f.away" && mount -t tmpfs -o size=64k none /tmp')
    const found = await problemsOf(host)
    await host.sh(
      'umount /tmp && for f in /bin/flock.away /usr/bin/flock.away; do [ ! -e $f ] || mv $f ${f%.away}; done',
    )
    assert.equal(found, [
      'tools: flock is missing: hosts cannot be locked against a second run',
      'disk: /tmp has 0 MiB left',
    ])
  })
}
