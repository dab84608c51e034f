import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { fetch } from '../../../tasks/files/fetch.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('fetch on real hosts')
const folder = folderOf(test)

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a binary file that is bigger than the limit of an output`, async () => {
    const path = "/srv/it's big"
    await host.sh(`head -c 20000001 /dev/urandom >"${path}"`)
    const dest = folder.at(host.name)
    await host.proves(fetch({ src: path, dest }))
    const place = `${dest}/${host.name}${path}`
    const sum = createHash('sha256').update(readFileSync(place)).digest('hex')
    assert.is(await host.sh(`sha256sum <"${path}" | cut -c1-64`), `${sum}\n`)
    await host.sh(`echo more >>"${path}"`)
    await host.proves(fetch({ src: path, dest }))
    await host.sh(`printf small >"${path}"`)
    await host.proves(fetch({ src: path, dest: `${dest}-flat`, flat: true }))
    assert.is(readFileSync(`${dest}-flat`, 'utf8'), 'small')
    await host.sh('head -c 8388608 /dev/zero >/srv/even; : >/srv/empty')
    for (const [name, size] of [
      ['even', 8_388_608],
      ['empty', 0],
    ] as const) {
      await host.proves(fetch({ src: `/srv/${name}`, dest }))
      assert.is(readFileSync(`${dest}/${host.name}/srv/${name}`).length, size)
    }
    assert.match(await host.refuses(fetch({ src: '/etc', dest })), 'cannot read /etc')
  })
}
