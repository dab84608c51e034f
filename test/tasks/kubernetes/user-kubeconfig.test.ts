import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { userKubeconfig } from '../../../tasks/kubernetes/user-kubeconfig.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('user-kubeconfig')

test('a copy for the user only', async () => {
  const world: World = {
    files: { '/etc/kubernetes/admin.conf': 'secret of the cluster' },
    patterns: [
      [
        sentPattern('tasks/system/accounts/find-account.sh', 'ops'),
        'ops:x:1000:1000::/home/ops:/bin/sh\nstaff\n',
      ],
    ],
  }
  const run = await rehearse(userKubeconfig({ user: 'ops' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  const file = run.files.get('/home/ops/.kube/config')
  assert.equal(
    [file?.content, file?.owner, file?.group, file?.mode],
    ['secret of the cluster', 'ops', 'staff', '0600'],
  )
  const noUser = await rehearse(userKubeconfig({ user: 'nobody-here' }), {
    patterns: [[sentPattern('tasks/system/accounts/find-account.sh'), { code: 2 }]],
  })
  assert.match(String(noUser.error), 'the user nobody-here does not exist')
})

test('a kubeconfig for another cluster is not overwritten, one for the same cluster is', async () => {
  const config = (server: string, key: string): string =>
    `clusters:\n- cluster:\n    server: ${server}\n# ${key}\n`
  const world = (theirs: string): World => ({
    files: {
      '/etc/kubernetes/admin.conf': config('https://10.0.0.10:6443', 'new'),
      '/root/.kube/config': theirs,
    },
    patterns: [
      [sentPattern('tasks/system/accounts/find-account.sh', 'root'), 'root:x:0:0::/root:/bin/sh\nroot\n'],
    ],
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

test('a host that is not a control-plane node does not have one, which --check reports', async () => {
  const run = await rehearse(userKubeconfig({ user: 'root' }), {
    patterns: [
      [sentPattern('tasks/system/accounts/find-account.sh', 'root'), 'root:x:0:0::/root:/bin/sh\nroot\n'],
    ],
  })
  assert.match(String(run.error), '/etc/kubernetes/admin.conf does not exist')
  assert.is(run.predicted, 'failed')
})
