/** Temporary files and directories, on the tools of GNU and of busybox. */
import * as assert from 'uvu/assert'
import { temporaryDirectory } from '../../../tasks/files/temporary-directory.ts'
import { temporaryFile } from '../../../tasks/files/temporary-file.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('temporary files on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: each has a new name, and is closed to other users`, async () => {
    const seen = new Set<string>()
    for (const task of [
      temporaryDirectory(),
      temporaryDirectory(),
      temporaryFile({ parent: '/var', prefix: 'a' }),
    ]) {
      const { value, outcome } = await host.execute(task)
      assert.is(outcome, 'changed')
      seen.add(JSON.stringify(value))
    }
    assert.is(seen.size, 3)
    assert.is(
      await host.sh("stat -c '%a %F' /tmp/coxswain.* /var/a.*"),
      '700 directory\n700 directory\n600 regular empty file\n',
    )
    await host.sh('rm -r /tmp/coxswain.* /var/a.*')
  })
}
