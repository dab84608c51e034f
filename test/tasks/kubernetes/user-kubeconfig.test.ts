import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { userKubeconfig } from '../../../tasks/kubernetes/user-kubeconfig.ts'
import { suite } from '../../support/spec.ts'

const test = suite('user-kubeconfig')

test('a copy for the user alone', async () => {
  const world: World = {
    files: { '/etc/kubernetes/admin.conf': 'secret of the cluster' },
    patterns: [[/^getent passwd ops/, 'ops:x:1000:1000::/home/ops:/bin/sh\nstaff\n']],
  }
  const run = await rehearse(userKubeconfig({ user: 'ops' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  const file = run.files.get('/home/ops/.kube/config')
  assert.equal(
    [file?.content, file?.owner, file?.group, file?.mode],
    ['secret of the cluster', 'ops', 'staff', '0600'],
  )
  const nobody = await rehearse(userKubeconfig({ user: 'nobody-here' }), {
    patterns: [[/^getent/, { code: 2 }]],
  })
  assert.match(String(nobody.error), 'the user nobody-here does not exist')
})

test('one that leads to another cluster is not overwritten, one of the same cluster is', async () => {
  const config = (server: string, key: string): string =>
    `clusters:\n- cluster:\n    server: ${server}\n# ${key}\n`
  const world = (theirs: string): World => ({
    files: {
      '/etc/kubernetes/admin.conf': config('https://10.0.0.10:6443', 'new'),
      '/root/.kube/config': theirs,
    },
    patterns: [[/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n']],
  })
  const other = await rehearse(userKubeconfig({ user: 'root' }), world(config('https://prod:6443', 'x')))
  assert.match(String(other.error), '/root/.kube/config is for another cluster, at https://prod:6443')
  assert.equal(other.commands.apply, [])
  const same = await rehearse(
    userKubeconfig({ user: 'root' }),
    world(config('https://10.0.0.10:6443', 'old')),
  )
  assert.is(same.outcome, 'changed', String(same.error))
})

test('a host that is no master yet has none to give, which --check knows', async () => {
  const run = await rehearse(userKubeconfig({ user: 'root' }), {
    patterns: [[/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n']],
  })
  assert.match(String(run.error), '/etc/kubernetes/admin.conf does not exist')
  assert.is(run.foretold, 'failed')
})
