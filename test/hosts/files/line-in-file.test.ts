import * as assert from 'uvu/assert'
import { lineInFile } from '../../../tasks/files/line-in-file.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('line-in-file on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a line replaces another`, async () => {
    await host.sh('printf "a=1\nb=2\n" >/tmp/settings; chmod 600 /tmp/settings')
    await host.proves(lineInFile({ path: '/tmp/settings', regexp: '^b=', line: "b='3'" }))
    assert.is(await host.sh('cat /tmp/settings; stat -c %a /tmp/settings'), "a=1\nb='3'\n600\n")
  })

  test(`${host.name}: a missing file is reported`, async () => {
    assert.match(
      await host.refuses(lineInFile({ path: '/tmp/none', line: 'a' })),
      /\/tmp\/none.*create=true/s,
    )
  })
}
