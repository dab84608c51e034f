/** IPv6 and both families in everything that is written for a control plane. */
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { peerUrl } from '../../../tasks/kubernetes/config/etcd-arguments.ts'
import { joinConfig } from '../../../tasks/kubernetes/config/join-config.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { memberOf } from '../../../tasks/kubernetes/etcd/members.ts'
import { ownServer } from '../../../tasks/kubernetes/kubeadm/kubectl.ts'
import { clusterSchema, hostOf } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { writeConfig } from '../../../tasks/kubernetes/write-config.ts'
import { addressOf, isMapped } from '../../../tasks/network/addresses/addresses.ts'
import { unusableBecause } from '../../../tasks/network/addresses/unusable.ts'
import { networkOf, networksOf, overlap } from '../../../tasks/network/addresses/networks.ts'
import { suite } from '../../support/spec.ts'

const test = suite('addresses of a control plane')

const six = { podSubnet: 'fd00:10:244::/56', serviceSubnet: 'fd00:10:96::/112' }

const rendered = (kubernetesVersion: string, address: string, endpoint: string): string => {
  const self = { name: 'm1', address }
  const networks = addressOf(address)?.family === 6 ? six : {}
  const cluster = clusterSchema.parse({ kubernetesVersion, controlPlaneEndpoint: endpoint, ...networks })
  return renderConfig({ cluster, self, members: [self] })
}

/** Addresses in any of the forms that people write. */
const addresses = fc
  .oneof(fc.ipV4(), fc.ipV6())
  .filter((one) => unusableBecause(one) === undefined && !isMapped(one))
const inEndpoint = (address: string): string => (isIPv6(address) ? `[${address}]:6443` : `${address}:6443`)

test('URLs have brackets around IPv6, SANs do not, and both parse', () => {
  fc.assert(
    fc.property(
      addresses,
      addresses,
      fc.constantFrom('v1.11.3', 'v1.20.2', 'v1.37.2'),
      (own, lb, version) => {
        const key = (text: string) => addressOf(text)?.key
        for (const url of [peerUrl({ address: own }), ownServer(own, 7443)])
          assert.is(key(new URL(url).hostname.replaceAll(/[[\]]/g, '')), key(own), url)
        assert.is(key(hostOf(inEndpoint(lb))), key(lb))
        const text = rendered(version, own, inEndpoint(lb))
        for (const [url = ''] of text.matchAll(/https:\/\/[^\s,"']+/g))
          assert.ok(
            [key(own), addressOf('::1')?.key, key('127.0.0.1')].includes(
              key(new URL(url).hostname.replaceAll(/[[\]]/g, '')),
            ),
            url,
          )
        const sans = [...text.matchAll(/^ *- "?([^\s"]+)"?$/gm)].map(([, san = '']) => san)
        assert.ok(
          sans.some((san) => key(san) === key(lb)),
          text,
        )
        assert.not.ok(
          sans.some((san) => san.includes('[')),
          text,
        )
      },
    ),
  )
})

test('a member is found however its address is written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const member = {
        id: '1',
        name: 'm1',
        peerUrl: peerUrl({ address }),
        clientUrls: [],
        started: true,
        learner: false,
      }
      assert.is(memberOf([member], address.toUpperCase()), member)
    }),
  )
  // Go's form, which etcd reports
  assert.is(peerUrl({ address: 'FD00:0:0:0:0:0:0:0B' }), 'https://[fd00::b]:2380')
  assert.is(peerUrl({ address: '10.0.0.1' }), 'https://10.0.0.1:2380')
})

test('etcd before stacked members listens on the loopback address of its family', () => {
  const text = rendered('v1.11.3', 'fd00::11', '[fd00::10]:6443')
  assert.match(text, 'listen-client-urls: https://[::1]:2379,https://[fd00::11]:2379')
  assert.match(
    rendered('v1.12.0', '10.0.0.11', '10.0.0.10:6443'),
    'https://127.0.0.1:2379,https://10.0.0.11:2379',
  )
})

test('networks: families, hosts and overlaps', () => {
  assert.equal(
    networksOf('10.244.0.0/16,fd00:10:244::/56').map((one) => one?.family),
    [4, 6],
  )
  assert.is(networkOf('10.0.0.0/33'), undefined)
  assert.is(networkOf('10.0.0.0'), undefined)
  assert.is(networkOf('fd00::/129'), undefined)
  assert.is(networkOf('x/8'), undefined)
  const overlaps = (a: string, b: string) => {
    const [one, other] = [networkOf(a), networkOf(b)]
    return one !== undefined && other !== undefined && overlap(one, other)
  }
  assert.ok(overlaps('10.96.0.0/12', '10.100.0.0/16'))
  assert.ok(overlaps('0.0.0.0/0', '10.100.0.0/16'))
  assert.not.ok(overlaps('10.96.0.0/12', '10.244.0.0/16'))
  assert.ok(overlaps('fd00::/48', 'fd00:0:0:1::/64'))
  assert.not.ok(overlaps('fd00::/64', 'fd00:0:0:1::/64'))
  assert.not.ok(overlaps('::/0', '10.0.0.0/8'))
})

interface Given {
  readonly version?: string
  readonly endpoint?: string
  readonly pods?: string
  readonly services?: string
  readonly address?: string
  readonly nodeIp?: string
  readonly gates?: Record<string, boolean>
  readonly manager?: Record<string, string>
}

const config = ({
  version = 'v1.37.2',
  endpoint = '10.0.0.10:6443',
  pods,
  services,
  address = '10.0.0.11',
  nodeIp,
  gates,
  manager,
}: Given) => {
  const self = { name: 'm1', address }
  const cluster = {
    kubernetesVersion: version,
    controlPlaneEndpoint: endpoint,
    ...(pods !== undefined && { podSubnet: pods }),
    ...(services !== undefined && { serviceSubnet: services }),
    ...(gates !== undefined && { featureGates: gates }),
    ...(manager !== undefined && { controllerManager: { extraArgs: manager } }),
  }
  return writeConfig({ cluster, self, members: [self], ...(nodeIp !== undefined && { nodeIp }) })
}

const both = { pods: '10.244.0.0/16,fd00:10:244::/56', services: '10.96.0.0/16,fd00:10:96::/112' }
const bothIps = '10.0.0.11,fd00::11'

for (const [given, message] of [
  [{ endpoint: 'fd00::10:6443' }, /IPv6 address in brackets: \[fd00::10\]:6443/],
  [{ pods: '10.244.0.0' }, /10\.244\.0\.0 is not a network in CIDR notation/],
  [{ pods: '10.244.0.0/16,10.245.0.0/16' }, /at most one network of each family/],
  [{ services: '10.244.0.0/24' }, /10\.244\.0\.0\/24 overlaps with the pods' 10\.244\.0\.0\/16/],
  [{ pods: '10.0.0.0/16' }, /10\.0\.0\.11 is in 10\.0\.0\.0\/16/],
  [
    { address: 'fd00::11' },
    /fd00::11 is IPv6, but the first network of the services, 10\.96\.0\.0\/12, is IPv4/,
  ],
  [{ address: 'm1.example.org' }, /m1\.example\.org is not an IP address/],
  [{ address: '10.0.0.11', nodeIp: '10.0.0.11,10.0.0.12' }, /nodeIp.*one address, or one of each family/],
  [{ nodeIp: 'm1' }, /nodeIp.*one address, or one of each family/],
  [{ ...both }, /nodeIp.*both families/],
  [{ ...both, nodeIp: bothIps, version: 'v1.15.1' }, /does not know networks of both families/],
  [
    { ...both, nodeIp: bothIps, version: 'v1.20.2' },
    /networks of both families without featureGates: IPv6DualStack: true/,
  ],
  [
    { ...both, services: 'fd00:10:96::/64', address: 'fd00::11', nodeIp: 'fd00::11,10.0.0.11' },
    /fd00:10:96::\/64 is too large.*\/108/,
  ],
  [
    { ...both, nodeIp: bothIps, version: 'v1.19.3', gates: { IPv6DualStack: true } },
    /kubelet of Kubernetes v1\.19\.3 accepts one address: nodeIp.*from v1\.20 on/,
  ],
  [
    { ...both, nodeIp: '10.0.0.11', version: 'v1.20.2', gates: { IPv6DualStack: true } },
    /nodeIp.*both families/,
  ],
  [{ pods: 'fd00:10:244::/56' }, /services, 10\.96\.0\.0\/12, is IPv4, but the pods have no network of that/],
  [{ nodeIp: 'fd00::11' }, /nodeIp.*no address of a family that the pods have: fd00::11/],
  [{ pods: '10.244.0.0/30' }, /pods' 10\.244\.0\.0\/30 is too small: each node gets a \/24/],
  [{ pods: '10.0.0.0/16', manager: { 'node-cidr-mask-size': '12' } }, /too small: each node gets a \/12/],
  [{ pods: '32.0.0.0/7' }, /pods' 32\.0\.0\.0\/7 is too large.*\/8 and smaller/],
  [{ services: '10.96.0.0/31' }, /services' 10\.96\.0\.0\/31 is too small: kubeadm accepts \/28/],
  [{ address: '::ffff:10.0.0.11' }, /::ffff:10\.0\.0\.11: IPv4 must not be written as IPv6/],
  [{ nodeIp: '10.0.0.11,::ffff:10.0.0.11' }, /nodeIp.*one address, or one of each family/],
  [{ pods: '10.244.0.0/16,::ffff:10.200.0.0/112' }, /IPv4 must not be written as IPv6/],
  [{ services: '10.96.0.0/16,::ffff:a60:0/112' }, /IPv4 must not be written as IPv6/],
] as const) {
  test(`refused: ${JSON.stringify(given)}`, () => {
    assert.throws(() => config(given), message)
  })
}

test('networks of one and of both families are accepted', () => {
  config({})
  config({ ...both, nodeIp: bothIps })
  config({ ...both, nodeIp: bothIps, version: 'v1.20.2', gates: { IPv6DualStack: true } })
  config({
    endpoint: '[fd00::10]:6443',
    address: 'fd00::11',
    pods: six.podSubnet,
    services: six.serviceSubnet,
  })
  config({ endpoint: 'api.example.org:6443' })
  config({ ...both, nodeIp: '10.0.0.11', version: 'v1.19.3', gates: { IPv6DualStack: true } })
  config({ pods: '10.244.0.0/26', services: '10.96.0.0/28', manager: { 'node-cidr-mask-size': '28' } })
  config({ pods: '10.244.0.0/30', manager: { 'allocate-node-cidrs': 'false' } })
  config({ pods: '10.0.0.0/8', services: '192.168.0.0/16', address: '192.0.2.1' })
})

test('a node joins at an endpoint in brackets', () => {
  const node = { name: 'm2', address: 'fd00::12', port: 6443, version: 'v1.37.2' }
  const text = joinConfig(
    node,
    { endpoint: '[fd00::10]:6443', token: 'a.b', caCertHashes: ['sha256:00'] },
    [],
  )
  assert.match(text, /apiServerEndpoint: "?\[fd00::10\]:6443"?/)
  assert.match(text, /advertiseAddress: fd00::12/)
})
