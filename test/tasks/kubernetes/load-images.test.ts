import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { loadImages } from '../../../tasks/kubernetes/load-images.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('load-images')

test('only archives with a missing image are loaded', async () => {
  const loaded = new Set(['k8s.gcr.io/pause:3.2'])
  const run = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [
        sentPattern('tasks/kubernetes/list-archives.sh', '/opt/images'),
        'etcd.tar\t[{"RepoTags":["k8s.gcr.io/etcd:3.4.13-0"]}]\npause.tar\t[{"RepoTags":["k8s.gcr.io/pause:3.2"]}]\n',
      ],
      [/^ctr -n k8s.io images ls -q$/, () => [...loaded].join('\n')],
      [
        /^ctr -n k8s.io images import /,
        () => {
          loaded.add('k8s.gcr.io/etcd:3.4.13-0')
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['ctr -n k8s.io images import /opt/images/etcd.tar'])
  assert.equal(run.changes, [{ what: 'k8s.gcr.io/etcd:3.4.13-0', to: 'loaded' }])
})

test('with a missing folder, the check is unknown', async () => {
  const run = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [sentPattern('tasks/kubernetes/list-archives.sh', '/opt/images'), { code: 3 }],
      [/^ctr/, ''],
    ],
  })
  assert.is(run.predicted, 'unknown')
})

test('names are in the form of containerd; an archive without a list of images is an error', async () => {
  const archives = (manifest: string): string => `net.tar\t${manifest}\n`
  const loaded = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [
        sentPattern('tasks/kubernetes/list-archives.sh', '/opt/images'),
        archives('[{"RepoTags":["flannel/flannel:v1","busybox:1","localhost/a:1"]}]'),
      ],
      [
        /^ctr -n k8s.io images ls -q$/,
        'docker.io/flannel/flannel:v1\ndocker.io/library/busybox:1\nlocalhost/a:1\n',
      ],
    ],
  })
  assert.is(loaded.outcome, 'ok', String(loaded.error))
  const bad = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [sentPattern('tasks/kubernetes/list-archives.sh', '/opt/images'), archives('')],
      [/^ctr/, ''],
    ],
  })
  assert.match(String(bad.error), '/opt/images/net.tar does not contain a list of images')
})
