/** The address that the kubelet of a control-plane node reports, where the inventory does not say it. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { isMap, readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { sameMaster } from '../../../tasks/kubernetes/same-master.ts'
import { writeConfig } from '../../../tasks/kubernetes/write-config.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { dryRun, given, kubeadmFiles, masterWorld, usual } from './reconfigure-world.ts'

const test = suite('node-ip')

const flags = '/var/lib/kubelet/kubeadm-flags.env'
const own = sentPattern('tasks/network/addresses/own-addresses.sh')
const kubeadm: NonNullable<World['patterns']> = [[/^kubeadm /, { code: 127 }]]

/** The arguments of the kubelet in the configuration for a host with addresses. */
const written = async (
  addresses: string,
  files: World['files'] = {},
  changed: Partial<Parameters<typeof writeConfig>[0]> = {},
): Promise<readonly [unknown, boolean]> => {
  let asked = false
  const answer = (): string => {
    asked = true
    return addresses
  }
  const run = await rehearse(writeConfig({ ...given, ...changed }), {
    files,
    patterns: [[own, answer], ...kubeadm],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const text = String(run.files.get('/etc/coxswain/kubeadm.yaml')?.content)
  const document = readYaml(text, 'the configuration')
    .filter(isMap)
    .find(({ kind }) => kind === 'InitConfiguration')
  const node = document?.['nodeRegistration']
  return [isMap(node) ? node['kubeletExtraArgs'] : undefined, asked]
}

const first = [{ name: 'node-ip', value: '10.0.0.1' }]

test('a new node of a host with several addresses of its own reports the one that it advertises', async () => {
  assert.equal(await written('127.0.0.1 lo\n192.168.1.5 eth0\n10.0.0.1 eth1\n'), [first, true])
})

test('a host with one address of its own is left to the kubelet, as before', async () => {
  for (const addresses of [
    '127.0.0.1 lo\n10.0.0.1 eth0\nfe80::1 eth0\n',
    '10.0.0.1 eth0\n10.0.0.1 eth0\n172.17.0.1 docker0\n10.244.0.1 cni0\n169.254.1.1 eth0\n',
    '10.0.0.1 eth0\nfd00::1 eth0\n',
    '192.168.1.5 eth0\n192.168.1.6 eth1\n',
    // interfaces are not known
    '127.0.0.1\n192.168.1.5\n10.0.0.1\n',
    '',
  ])
    assert.equal(await written(addresses), [undefined, true], addresses)
})

test('where an address moves between hosts, a new node gets its own one, whether it has the other now or not', async () => {
  const shared = { virtualIp: '10.0.0.100' }
  for (const addresses of ['10.0.0.1 eth0\n', '10.0.0.1 eth0\n10.0.0.100 eth0\n'])
    assert.equal(await written(addresses, {}, shared), [first, true], addresses)
  // of the other family, or at a node that is there
  assert.equal(await written('10.0.0.1 eth0\n', {}, { virtualIp: 'fd00::100' }), [undefined, true])
  const files = { [flags]: 'KUBELET_KUBEADM_ARGS="--v=2"\n' }
  assert.equal(await written('10.0.0.1 eth0\n', files, shared), [undefined, false])
})

test('an existing node keeps what it has', async () => {
  const several = '192.168.1.5 eth0\n10.0.0.1 eth1\n'
  const has = (args: string) => ({ [flags]: `KUBELET_KUBEADM_ARGS="${args}"\n` })
  assert.equal(await written(several, has('--v=2')), [undefined, false])
  assert.equal(await written(several, has('--node-ip=10.0.0.1 --v=2')), [first, false])
  assert.equal(await written(several, has('--v=2 --node-ip=192.168.1.5')), [
    [{ name: 'node-ip', value: '192.168.1.5' }],
    false,
  ])
  assert.equal(await written(several, has('--node-ip=$(reboot)')), [undefined, false])
})

test('what the inventory says counts, and a cloud provider chooses by itself', async () => {
  const several = '192.168.1.5 eth0\n10.0.0.1 eth1\n'
  const kubelet = (kubeletExtraArgs: Record<string, string>) => ({
    cluster: { ...given.cluster, kubeletExtraArgs },
  })
  assert.equal(await written(several, {}, { nodeIp: '192.168.1.5' }), [
    [{ name: 'node-ip', value: '192.168.1.5' }],
    false,
  ])
  assert.equal(await written(several, {}, kubelet({ 'node-ip': '192.168.1.5' })), [
    [{ name: 'node-ip', value: '192.168.1.5' }],
    false,
  ])
  assert.equal(await written(several, {}, kubelet({ 'cloud-provider': 'external' })), [
    [{ name: 'cloud-provider', value: 'external' }],
    false,
  ])
})

test('a node that was given the address is not another one than the inventory says', async () => {
  const { world } = masterWorld()
  let asked = ''
  const run = await rehearse(sameMaster(given), {
    ...world,
    patterns: [
      [
        kubeadmFiles,
        ({ stdin }) => {
          asked = stdin
          return dryRun({
            ...usual,
            [flags]: stdin.includes('node-ip') ? (usual[flags] ?? '') : 'KUBELET_KUBEADM_ARGS="--v=1"\n',
          })
        },
      ],
      ...(world.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'ok', `${String(run.error)} ${asked}`)
  assert.match(asked, /name: node-ip\n\s+value: 10\.0\.0\.1/)
})
