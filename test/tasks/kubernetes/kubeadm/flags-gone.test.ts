/** The table of flags that programs of a control plane no longer know. */
import * as assert from 'uvu/assert'
import {
  flagGoneIn,
  flagsGone,
  flagsNow,
  programNames,
} from '../../../../tasks/kubernetes/kubeadm/versions/flags-gone.ts'
import { knownMinors } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('flags that are gone')

test('a flag is gone from its release on, however it is written', () => {
  assert.is(flagGoneIn('apiServer', 'insecure-port', 0, 23), undefined)
  assert.is(flagGoneIn('apiServer', 'insecure-port', 0, 24), 24)
  assert.is(flagGoneIn('apiServer', 'insecure_port', 0, 37), 24)
  assert.is(flagGoneIn('apiServer', 'insecure-port', 24, 37), undefined)
  assert.is(flagGoneIn('kubelet', 'pod-infra-container-image', 34, 35), 35)
  assert.is(flagGoneIn('etcd', 'experimental-initial-corrupt-check', 36, 37), 37)
  for (const program of ['apiServer', 'controllerManager', 'scheduler', 'kubelet'] as const)
    assert.is(flagGoneIn(program, 'logtostderr', 25, 26), 26, program)
  assert.is(flagGoneIn('kubelet', 'address', 0, 37), undefined)
  assert.is(flagGoneIn('apiServer', 'v', 0, 37), undefined)
})

test('the table has known releases, no flag twice, and no replacement that is gone itself', () => {
  for (const [program, releases] of Object.entries(flagsGone)) {
    const all = Object.values(releases).flat()
    assert.is(new Set(all).size, all.length, program)
    for (const minor of Object.keys(releases)) assert.ok(knownMinors.includes(Number(minor)), minor)
    for (const flag of all) assert.match(flag, /^[a-z][-a-z0-9]*\*?$/)
  }
  for (const [flag, now] of Object.entries(flagsNow)) {
    assert.ok(
      Object.values(flagsGone).some((one) => Object.values(one).flat().includes(flag)),
      flag,
    )
    assert.not.ok(
      Object.values(flagsGone).some((one) => Object.values(one).flat().includes(now)),
      now,
    )
  }
  assert.equal(Object.keys(programNames), Object.keys(flagsGone))
})
