import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { controlPlaneReady } from '../../../tasks/kubernetes/control-plane-ready.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster } from './etcd-world.ts'
import { silentHost } from './silent-host.ts'
import { files, members } from './upgrade-world.ts'

const test = suite('control-plane-ready')

const masters = members().map(({ name }, index) => ({ name, address: `10.0.0.${index + 1}` }))
const nodes = (second: string): string =>
  masters.map(({ name }) => `${name}\t${name === 'm2' ? second : 'True'}\t\tv1.37.2\tc\t\t\t{}\n`).join('')

for (const [title, silent, second, missing] of [
  ['an API server', '10.0.0.3', 'True', 'the API server of m3 is not ready'],
  ['a node', '', 'False', 'node m2 is not Ready'],
] as const)
  test(`control-plane-ready waits for ${title}`, async () => {
    const { patterns } = etcdCluster(members())
    const answers = (ill: string): string =>
      masters
        .map(
          ({ address }) =>
            `https://${address}:6443/readyz\t${address === ill ? 'silent\trefused' : '200\tok'}\n`,
        )
        .join('')
    const wait = controlPlaneReady({ masters, timeout: 0 })
    const all = (ill: string, ready: string): NonNullable<World['patterns']> => [
      ...patterns,
      [sentPattern('tasks/kubernetes/cluster-state/ask-ready.sh'), answers(ill)],
      [/get nodes -o/, nodes(ready)],
      ...silentHost,
    ]
    const ill = await rehearse(wait, { files: files(), patterns: all(silent, second) })
    assert.match(String(ill.error), missing)
    const well = await rehearse(wait, { files: files(), patterns: all('', 'True') })
    assert.is(well.outcome, 'ok', String(well.error))
  })

test('an API server that does not list the nodes for a moment is waited for', async () => {
  const { patterns } = etcdCluster(members())
  let refusals = 2
  const ready = masters.map(({ address }) => `https://${address}:6443/readyz\t200\tok\n`).join('')
  const run = await rehearse(controlPlaneReady({ masters }), {
    files: files(),
    patterns: [
      ...patterns,
      [sentPattern('tasks/kubernetes/cluster-state/ask-ready.sh'), ready],
      [
        /get nodes -o/,
        () => ((refusals -= 1) >= 0 ? { code: 1, stderr: 'connection refused' } : nodes('True')),
      ],
    ],
  })
  assert.is(run.outcome, 'ok', String(run.error))
})
