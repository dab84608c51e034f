/** The variables that the hosts of a lab need. */
import * as assert from 'uvu/assert'
import { controlPlaneVars } from '../../playbooks/control-plane-vars.ts'
import { parse } from 'yaml'
import { z } from 'zod'
import { flannelFields, inventoryText, isCurrent, kubernetesVariables } from '../../lab/inventory.ts'
import type { Lab } from '../../lab/types.ts'
import { suite } from '../support/spec.ts'

const test = suite('the inventory of a lab')

const bundleOf = (version: string) => ({ folder: '/bundle', version, cni: '/bundle/kube-flannel.yml' })

test('the playbooks accept the variables of each kind of host', () => {
  for (const version of ['v1.20.2', 'v1.34.4', 'v1.37.3'])
    for (const cgroupV1 of [true, false]) {
      const variables = kubernetesVariables(bundleOf(version), cgroupV1)
      const { success, error } = controlPlaneVars.safeParse({
        control_plane_endpoint: '10.77.1.10:6443',
        ...variables,
      })
      assert.ok(success, `${version}: ${String(error)}`)
    }
})

test('current Kubernetes has no variable that only an old one or cgroup v1 needs', () => {
  const v2 = kubernetesVariables(bundleOf('v1.37.2'), false)
  assert.not('ignore_preflight_errors' in v2)
  assert.not('skip_phases' in v2)
  assert.is(v2['cni_manifest'], '/bundle/kube-flannel.yml')
  assert.not(JSON.stringify(v2).includes('failCgroupV1'))
  const v1 = kubernetesVariables(bundleOf('v1.37.2'), true)
  assert.equal(v1['ignore_preflight_errors'], ['SystemVerification'])
  assert.match(JSON.stringify(v1), '"failCgroupV1":false')
})

test('hosts of today are those for Kubernetes after the Docker shim', () => {
  assert.equal(['v1.20.2', 'v1.34.4', 'v1.37.2'].map(isCurrent), [false, true, true])
})

const labOf = (hosts: Lab['hosts']): Lab => ({
  name: 'tried',
  hosts,
  inventory: '',
  keyFile: '/key',
  knownHosts: '/known',
  kubernetes: 'v1.37.2',
  exec: async () => ({ code: 0, stdout: '', stderr: '' }),
})

const inventory = z.object({
  all: z.object({
    vars: z.looseObject({
      control_plane_endpoint: z.string(),
      pod_subnet: z.string(),
      service_subnet: z.string(),
    }),
    children: z.object({
      masters: z.object({ hosts: z.record(z.string(), z.record(z.string(), z.string())) }),
    }),
  }),
})

test('workers have a group and addresses of their own', () => {
  const at = (number: number) => [`10.77.1.${number}`, `fd00:10:77:1::${number}`] as const
  const hosts = (['master', 'worker'] as const).map((role, index) => {
    const [address, second] = at(11 + 40 * index)
    return { name: index === 0 ? 'm1' : 'w1', role, address, second }
  })
  const { all } = parse(inventoryText(labOf(hosts), bundleOf('v1.37.2')))
  const [address, second] = at(51)
  assert.equal(all.children.workers, { hosts: { w1: { address, node_ip: `${address},${second}` } } })
})

for (const [families, addresses, wanted, flannel] of [
  [
    'IPv4',
    [['10.77.1.10'], ['10.77.1.11']],
    ['10.77.1.10:6443', '10.244.0.0/16', '10.96.0.0/12', { advertise_address: '10.77.1.11' }],
    { Network: '10.244.0.0/16' },
  ],
  [
    'IPv6',
    [['fd00:10:77:1::10'], ['fd00:10:77:1::11']],
    [
      '[fd00:10:77:1::10]:6443',
      'fd00:10:244::/56',
      'fd00:10:96::/112',
      { advertise_address: 'fd00:10:77:1::11' },
    ],
    { EnableIPv4: false, EnableIPv6: true, IPv6Network: 'fd00:10:244::/56' },
  ],
  [
    'both',
    [
      ['10.77.1.10', 'fd00:10:77:1::10'],
      ['10.77.1.11', 'fd00:10:77:1::11'],
    ],
    [
      '10.77.1.10:6443',
      '10.244.0.0/16,fd00:10:244::/56',
      '10.96.0.0/12,fd00:10:96::/112',
      { advertise_address: '10.77.1.11', node_ip: '10.77.1.11,fd00:10:77:1::11' },
    ],
    { Network: '10.244.0.0/16', EnableIPv6: true, IPv6Network: 'fd00:10:244::/56' },
  ],
] as const)
  test(`hosts with addresses of ${families} have networks and an endpoint of their families`, () => {
    const hosts = addresses.map(([address, second], index) => ({
      name: index === 0 ? 'lb1' : 'm1',
      role: index === 0 ? ('loadbalancer' as const) : ('master' as const),
      address,
      second,
    }))
    assert.equal(JSON.parse(`{${hosts.slice(0, 1).map(flannelFields).join('')}}`), flannel)
    const { all } = inventory.parse(parse(inventoryText(labOf(hosts), bundleOf('v1.37.2'))))
    const [endpoint, pods, services, master] = wanted
    assert.is(all.vars.control_plane_endpoint, endpoint)
    assert.is(all.vars.pod_subnet, pods)
    assert.is(all.vars.service_subnet, services)
    assert.equal(all.children.masters.hosts['m1'], { address: addresses[1][0], ...master })
  })
