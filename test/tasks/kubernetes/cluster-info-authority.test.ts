import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { clusterInfoAuthority } from '../../../tasks/kubernetes/cluster-info-authority.ts'
import { suite } from '../../support/spec.ts'
import { conf, files, former, next, pki, trustIn, trusting } from './rotation-world.ts'

const test = suite('cluster-info-authority')

const server = '--kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s --server https://10.0.0.1:6443'

/** A cluster whose ConfigMap trusts some authorities; without any, it does not have it. */
const worldWith = (given: NonNullable<World['files']>, trust: string) => {
  const state = { kubeconfig: trust === '' ? '' : conf(trust, '') }
  const world: World = {
    files: given,
    replies: {
      [`kubectl ${server} -n kube-public get configmap cluster-info --ignore-not-found -o json`]: () =>
        state.kubeconfig === '' ? '' : JSON.stringify({ data: { kubeconfig: state.kubeconfig, jws: 'x' } }),
    },
    patterns: [
      [
        /^kubectl .* -n kube-public patch configmap cluster-info --type=merge -p /,
        ({ script }) => {
          const patch: { data: { kubeconfig: string } } = JSON.parse(/-p '([^]*)'$/.exec(script)?.[1] ?? '')
          assert.equal(Object.keys(patch.data), ['kubeconfig'])
          state.kubeconfig = patch.data.kubeconfig
          return ''
        },
      ],
    ],
  }
  return { state, world }
}
const task = () => clusterInfoAuthority({ address: '10.0.0.1' })

test('the same authorities are kept, in any order, and a ConfigMap that was removed is not made', async () => {
  for (const [given, trust] of [
    [files, former.ca],
    [trusting, next.ca + former.ca],
    [files, ''],
  ] as const)
    assert.is((await rehearse(task(), worldWith(given, trust).world)).outcome, 'ok')
})

test('nodes that join trust what the masters trust', async () => {
  for (const [text, trust] of [
    [former.ca + next.ca, former.ca],
    [next.ca, former.ca + next.ca],
  ] as const) {
    const { state, world } = worldWith({ ...files, [`${pki}/ca.crt`]: text }, trust)
    const run = await rehearse(task(), world)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(trustIn(state.kubeconfig), text)
  }
})
