/** A host in a container uses the machine's kernel: only existing modules are tested, and none is loaded. */
import * as assert from 'uvu/assert'
import { kernelModule } from '../../../tasks/system/kernel-module.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kernel-module on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a module that the kernel has is saved for the next boot`, async () => {
    const name = (await host.sh('ls /sys/module | grep -x "[a-z0-9_]*" | head -n 1')).trim()
    const file = `/etc/modules-load.d/${name}.conf`
    await host.proves(kernelModule({ name }))
    assert.is(await host.sh(`cat ${file}; stat -c %a ${file}`), `${name}\n644\n`)
    // other entries stay
    await host.sh(`printf '# not now\\nanother' >${file}`)
    await host.proves(kernelModule({ name }))
    assert.is(await host.sh(`cat ${file}`), `# not now\nanother\n${name}\n`)
  })

  test(`${host.name}: an unknown module fails, and is not tried again at each boot`, async () => {
    const task = kernelModule({ name: 'cxw_none' })
    assert.is((await host.execute(task, true)).outcome, 'would change')
    assert.match(await host.refuses(task), /modprobe.*cxw_none/s)
    assert.is(await host.sh('ls /etc/modules-load.d | grep cxw || true'), '')
  })
}
