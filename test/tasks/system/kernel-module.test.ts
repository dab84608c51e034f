import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { kernelModule } from '../../../tasks/system/kernel-module.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kernel-module')

test('loaded now and at the next boot', async () => {
  const run = await rehearse(kernelModule({ name: 'overlay' }), {
    patterns: [
      [/^grep -qE .*modules.builtin/, { code: 1 }],
      [
        /^modprobe overlay$/,
        (_, files) => {
          files.set('/sys/module/overlay', { content: '', type: 'directory' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/modules-load.d/overlay.conf')?.content, 'overlay\n')
})

test('a built-in module is not loaded, in whichever way it is detected', async () => {
  const files = { '/etc/modules-load.d/br_netfilter.conf': 'br_netfilter\n' }
  const listed = await rehearse(kernelModule({ name: 'br_netfilter' }), {
    files,
    patterns: [[/modules.builtin/, '']],
  })
  assert.is(listed.outcome, 'ok')
  const shown = await rehearse(kernelModule({ name: 'br_netfilter' }), {
    files: { ...files, '/proc/sys/net/bridge/bridge-nf-call-iptables': '1' },
    patterns: [[/modules.builtin/, { code: 1 }]],
  })
  assert.is(shown.outcome, 'ok')
  assert.throws(() => kernelModule({ name: 'x; reboot' }), /the name of a kernel module/)
})

test('with anyFile, a module that another file loads at boot does not get a file of its own', async () => {
  const other = (text: string) =>
    rehearse(kernelModule({ name: 'overlay', anyFile: true }), {
      files: { '/sys/module/overlay': { content: '', type: 'directory' } },
      patterns: [
        [/modules.builtin/, { code: 1 }],
        [sentPattern('tasks/system/drop-ins/other-files.sh'), text],
      ],
    })
  assert.is((await other('/etc/modules-load.d/k8s.conf\n overlay\n')).outcome, 'ok')
  const run = await other('/etc/modules-load.d/k8s.conf\n #overlay\n')
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/modules-load.d/overlay.conf')?.content, 'overlay\n')
})
