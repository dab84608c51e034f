/** What the doctor's probes say of real userlands, well and ill. */
import * as assert from 'uvu/assert'
import { examine } from '../../engine/cli/doctor/examine.ts'
import { suite } from '../support/spec.ts'
import { realHosts } from '../support/real-host.ts'
import type { RealHost } from '../support/real-host.ts'

const test = suite('the doctor on real hosts')

const complaints = async (host: RealHost): Promise<string[]> => {
  const connection = await host.connect()
  try {
    const patient = { name: host.name, identity: undefined, connection }
    const found = await examine(patient, () => Date.now() / 1000)
    return found.map(({ probe, what }) => `${probe}: ${what}`)
  } finally {
    await connection.close()
  }
}

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: all is well, until a tool is gone and a disk is full`, async () => {
    assert.equal(await complaints(host), [])
    await host.sh('f=$(command -v flock) && mv "$f" "$f.away" && mount -t tmpfs -o size=64k none /tmp')
    const found = await complaints(host)
    await host.sh(
      'umount /tmp && for f in /bin/flock.away /usr/bin/flock.away; do [ ! -e $f ] || mv $f ${f%.away}; done',
    )
    assert.equal(found, [
      'tools: there is no flock: two runs at once are not kept apart',
      'disk: /tmp has 0 MB left',
    ])
  })
}
