import * as assert from 'uvu/assert'
import { defineTask, drift, z } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import type { World } from '../../../../engine/testing.ts'
import { withEtcdPatch } from '../../../../tasks/kubernetes/kubeadm/etcd-patch.ts'
import { readYaml } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('the patch of etcd')

const path = '/etc/coxswain/patches/etcd.yaml'

const starter = defineTask({
  name: 'etcd-starter',
  description: 'Starts kubeadm with the patch.',
  reads: 'nothing',
  example: { version: 'v1.20.2' },
  params: z.object({ version: z.string() }),
  title: () => 'start kubeadm',
  check: () => Promise.resolve(drift({ what: 'etcd', to: 'started' })),
  apply: (ctx, { version }) =>
    withEtcdPatch(ctx, version, (options) => ctx.remote.run`${['kubeadm', 'init', ...options]}`),
})

/** The text of the patch while kubeadm runs. */
const started = async (version: string, code = 0) => {
  let seen: string | undefined
  const world: World = {
    patterns: [
      [
        /^kubeadm init/,
        (_, files) => {
          seen = files.get(path)?.content.toString()
          return { code }
        },
      ],
    ],
  }
  return { ...(await rehearse(starter({ version }), world)), seen }
}

for (const version of ['v1.20.2', 'v1.20.15', 'v1.21.14'])
  test(`kubeadm ${version} gets a patch that removes the request of disk space`, async () => {
    const { commands, seen, files } = await started(version)
    assert.equal(commands.apply, ['kubeadm init --experimental-patches=/etc/coxswain/patches'])
    assert.equal(readYaml(seen ?? '', path), [
      { spec: { containers: [{ name: 'etcd', resources: { requests: { 'ephemeral-storage': null } } }] } },
    ])
    assert.not.ok(files.has('/etc/coxswain/patches'))
  })

for (const version of ['v1.19.16', 'v1.22.0', 'v1.37.2'])
  test(`kubeadm ${version} gets no patch`, async () => {
    const { commands, seen } = await started(version)
    assert.equal([commands.apply, seen], [['kubeadm init'], undefined])
  })

test('the patch does not stay when kubeadm fails', async () => {
  const { outcome, files } = await started('v1.20.2', 1)
  assert.equal([outcome, files.has(path)], ['failed', false])
})
