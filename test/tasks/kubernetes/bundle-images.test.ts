import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { bundleImages } from '../../../tasks/kubernetes/bundle-images.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('bundle-images')
const folder = folderOf(test)

/** An archive of one image, as docker save makes it. */
const archive = (name: string, file: string, image: string): string => {
  folder.write(`${name}/tmp/manifest.json`, JSON.stringify([{ RepoTags: [image] }]))
  folder.write(`${name}/images/.keep`, '')
  const path = folder.at(`${name}/images/${file}`)
  const { status } = spawnSync('tar', ['-cf', path, '-C', folder.at(`${name}/tmp`), 'manifest.json'])
  assert.is(status, 0)
  chmodSync(path, 0o644)
  const [sum = ''] = String(spawnSync('sha256sum', [path]).stdout).split(' ')
  return `${sum}  images/${file}\n`
}

test('only archives with a missing image are sent', async () => {
  const sums = [
    archive('images', 'etcd.tar', 'registry.k8s.io/etcd:3.7.0-0'),
    archive('images', 'pause.tar', 'registry.k8s.io/pause:3.10.2'),
  ]
  folder.write('images/SHA256SUMS', sums.join(''))
  const loaded = new Set(['registry.k8s.io/pause:3.10.2'])
  const run = await rehearse(bundleImages({ bundle: folder.at('images') }), {
    patterns: [
      [/^ctr -n k8s.io images ls -q$/, () => [...loaded].join('\n')],
      [
        /^ctr -n k8s.io images import -$/,
        ({ stdin }) => {
          assert.match(stdin, 'registry.k8s.io/etcd:3.7.0-0')
          loaded.add('registry.k8s.io/etcd:3.7.0-0')
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'registry.k8s.io/etcd:3.7.0-0', to: 'loaded' }])
  assert.equal(run.commands.apply, ['ctr -n k8s.io images import -'])
})
