/** What must work after the files of a control-plane node were changed. */
import * as assert from 'uvu/assert'
import { defineTask, drift, ok, z } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import { forgetFormer, keptFiles } from '../../../../tasks/kubernetes/reconfigure/former-files.ts'
import { waitForMaster } from '../../../../tasks/kubernetes/reconfigure/gate.ts'
import { programOf } from '../../../../tasks/kubernetes/reconfigure/differences.ts'
import { sentPattern, wordsIn } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { apiServer, former, masterWorld, pod, self, usual } from '../reconfigure-world.ts'

const test = suite('the gate of a control-plane node')

/** Waits for a node whose files were changed. */
const gate = defineTask({
  name: 'gate',
  description: 'Waits for a control-plane node.',
  reads: 'the former files',
  example: {},
  params: () => z.object({}),
  check: async (ctx) => ((await keptFiles(ctx)).length > 0 ? drift('not proven') : ok()),
  async apply(ctx) {
    const { name: node, address } = self
    await waitForMaster(ctx, { node, address, port: 6443, timeout: 40, steady: 0, every: 0.001 })
    await forgetFormer(ctx)
  },
})

/** The API server as the host has it, with a change that its command line does not show. */
const text = pod('kube-apiserver', { more: '  priority: 2000001000\n' })
const files = { [apiServer]: text, [`${former}/kube-apiserver.yaml`]: usual[apiServer] ?? '' }

test('a static pod whose change the kubelet takes for none is restarted, and no other', async () => {
  const { world, log } = masterWorld({ files, unnoticed: 'kube-apiserver' })
  const run = await rehearse(gate(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['restart kube-apiserver'])
})

test('one that still runs otherwise than its manifest says is left to the kubelet, which starts it', async () => {
  let looks = 0
  const before = pod('kube-apiserver', { words: ['--v=2'] })
  const { world, log } = masterWorld({
    files,
    patterns: [
      [
        sentPattern('tasks/kubernetes/reconfigure/static-pods-run.sh'),
        ({ script }, all) => {
          looks += 1
          const names = wordsIn(script).replaceAll("'", '').split(' ').slice(1)
          const isLate = (name: string): boolean => name === 'kube-apiserver' && looks < 66
          return names
            .flatMap((name) => {
              const there = String(all.get(`/etc/kubernetes/manifests/${name}.yaml`)?.content)
              const { command } = programOf(isLate(name) ? before : there, name)
              const outdated = isLate(name) ? ['outdated'] : []
              return [`process ${name}`, ...outdated, ...command.map((word) => `word ${word}`)]
            })
            .join('\n')
        },
      ],
    ],
  })
  const run = await rehearse(gate(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(looks >= 66)
  assert.equal(log, [])
})
