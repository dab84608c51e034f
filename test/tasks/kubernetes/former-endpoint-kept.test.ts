import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { formerEndpointKept, lostParts } from '../../../tasks/kubernetes/former-endpoint-kept.ts'
import { suite } from '../../support/spec.ts'
import { masters, newCluster, repliesOf, to } from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('former-endpoint-kept')

const haproxy =
  '# written by coxswain (load-balancer); changes are overwritten\nfrontend apiserver\n    bind 0.0.0.0:6443\n    bind [::]:6443 v6only\n'
const keepalived =
  '# written by coxswain (virtual-ip); changes are overwritten\nvrrp_instance x {\n    virtual_ipaddress {\n        10.0.0.10/32\n    }\n}\n'
const world = (files: NonNullable<World['files']>): World => ({
  files,
  others: { m1: { patterns: repliesOf('m1', newCluster()) } },
})
const outcomeOf = (endpoint: string, virtualIp?: string) =>
  rehearse(
    formerEndpointKept({ to: endpoint, masters, via: 'm1', virtualIp }),
    world({ '/etc/haproxy/haproxy.cfg': haproxy, '/etc/keepalived/keepalived.conf': keepalived }),
  )

test('a name for the same load balancers, and one that is set up newly, are ok', async () => {
  assert.is((await outcomeOf(to)).outcome, 'ok')
  assert.is((await outcomeOf(to, '10.0.0.10')).outcome, 'ok')
  const run = await rehearse(formerEndpointKept({ to: '10.0.0.20:8443', masters, via: 'm1' }), world({}))
  assert.is(run.outcome, 'ok')
})

test('refused where the port or the address of the former endpoint would go', async () => {
  for (const [endpoint, virtualIp, lost] of [
    ['10.0.0.10:8443', '10.0.0.10', 'port 6443'],
    ['10.0.0.20:6443', '10.0.0.20', 'the address 10.0.0.10'],
    ['10.0.0.20:8443', '10.0.0.20', 'port 6443 and the address 10.0.0.10'],
  ] as const) {
    const run = await outcomeOf(endpoint, virtualIp)
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), `would lose ${lost} of the former endpoint 10.0.0.10:6443`)
    assert.match(hintOf(run.error), 'on other hosts')
  }
})

test('a load balancer that Coxswain has not written is not read, and not replaced during a move', async () => {
  const two = 'vrrp_instance x {\n  virtual_ipaddress\n  {\n    10.0.0.9\n    10.0.0.10\n  }\n}\n'
  for (const [files, path] of [
    [{ '/etc/haproxy/haproxy.cfg': 'listen x\n  bind *:6443,*:8443\n' }, '/etc/haproxy/haproxy.cfg'],
    [{ '/etc/keepalived/keepalived.conf': two }, '/etc/keepalived/keepalived.conf'],
  ] as const) {
    const task = (endpoint: string) =>
      formerEndpointKept({ to: endpoint, masters, via: 'm1', virtualIp: '10.0.0.20' })
    const run = await rehearse(task('10.0.0.20:6443'), world(files))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), `${path} of host would be replaced`)
    assert.match(hintOf(run.error), 'on other hosts')
    assert.is((await rehearse(task('10.0.0.10:6443'), world(files))).outcome, 'ok')
  }
})

test('a configuration of a package that serves nothing is replaced', async () => {
  const files = { '/etc/haproxy/haproxy.cfg': 'global\n  daemon\ndefaults\n  mode http\n' }
  const run = await rehearse(formerEndpointKept({ to: '10.0.0.20:8443', masters, via: 'm1' }), world(files))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('other ports and addresses can change', () => {
  const move = { from: ['10.0.0.10:6443'], to: '10.0.0.20:7443' }
  assert.equal(
    lostParts(move, {
      haproxy: 'bind *:8443\n# bind *:6443x\n',
      keepalived: 'virtual_ipaddress {\n  10.0.0.30/32\n}',
      virtualIp: '10.0.0.20',
    }),
    [],
  )
})
