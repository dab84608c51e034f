/** A cluster that a script made with kubeadm becomes one of ha-masters. The tests depend on each other in their order. */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, hostsElsewhere, spawnCli, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { factsOf } from '../../../tasks/kubernetes/kubeadm/versions.ts'

const masters = ['m1', 'm2', 'm3']
const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

const inventorySchema = z.object({
  all: z.object({
    vars: z.looseObject({
      kubernetes_version: z.string(),
      cni_manifest: z.string(),
      kubelet: z.looseObject({}),
      ignore_preflight_errors: z.array(z.string()).default([]),
    }),
  }),
})
type Vars = z.output<typeof inventorySchema>['all']['vars']

/** What an operator writes for kubeadm, with settings of their own. */
const configuration = (vars: Vars, address: string, balancer: string): string =>
  [
    {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: address },
    },
    {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      kubernetesVersion: vars.kubernetes_version,
      controlPlaneEndpoint: `${balancer}:6443`,
      networking: {
        podSubnet: '10.244.0.0/16',
        serviceSubnet: '10.112.0.0/16',
        dnsDomain: 'hand.example',
      },
      apiServer: {
        certSANs: ['api.hand.example'],
        extraArgs: [
          { name: 'profiling', value: 'false' },
          { name: 'event-ttl', value: '2h' },
        ],
      },
      controllerManager: { extraArgs: [{ name: 'terminated-pod-gc-threshold', value: '500' }] },
      etcd: { local: { extraArgs: [{ name: 'quota-backend-bytes', value: '4294967296' }] } },
    },
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'cgroupfs',
      failSwapOn: false,
      ...vars.kubelet,
      maxPods: 60,
    },
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      conntrack: { maxPerCore: 0 },
      metricsBindAddress: '0.0.0.0',
    },
  ]
    .map((one) => stringify(one))
    .join('---\n')

for (const release of e2eOperations.filter((one) => factsOf(`v${one}.0`).dryRunsPhases)) {
  const test = suite(`a cluster of Kubernetes ${release} that others made is adopted`, { seconds: 3000 })

  let cluster: Cluster
  let vars: Vars
  let balancer = ''
  let folder = ''
  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const inventory = (): string => join(folder, 'inventory.yaml')
  const file = (): string => join(folder, 'group_vars', 'all', 'adopted.yaml')
  const play = (playbook: string, ...words: readonly string[]): Promise<CliResult> =>
    spawnCli([`playbooks/${playbook}.ts`, '-i', inventory(), '--output', 'json', ...words], {
      env: hostsElsewhere,
    })
  const succeed = async (playbook: string, ...words: readonly string[]): Promise<CliResult> => {
    const result = await play(playbook, ...words)
    assert.is(result.status, 0, failuresOf(result))
    return result
  }
  /** The sums of all files of the masters that anyone configures, and when their static pods and kubelets began. */
  const state = (): Promise<string[]> =>
    Promise.all(
      masters.map((host) =>
        on(
          host,
          `find /etc /root /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env -xdev -type f -not -path '/root/.kube/cache/*' -exec sha256sum {} + | sort
          for name in etcd kube-apiserver kube-controller kube-scheduler kubelet; do ps -o lstart= -p $(pgrep -o $name); done`,
        ),
      ),
    )

  test.before(async () => {
    cluster = await freshCluster('adopt-e2e', release)
    const { lab } = cluster
    vars = inventorySchema.parse(parse(readFileSync(lab.inventory, 'utf8'))).all.vars
    const addressOf = (name: string): string => lab.hosts.find((host) => host.name === name)?.address ?? ''
    balancer = addressOf('lb1')
    folder = mkdtempSync(join(tmpdir(), 'coxswain-adopt-'))
    for (const host of masters)
      writeFileSync(join(folder, `${host}.yaml`), configuration(vars, addressOf(host), balancer))
    const ignored = vars.ignore_preflight_errors.join(',')
    for (const name of ['init-options', 'join-options'])
      writeFileSync(join(folder, name), ignored === '' ? '' : `--ignore-preflight-errors=${ignored}`)
    copyFileSync(vars.cni_manifest, join(folder, 'cni.yaml'))
    // as an operator has it: how to reach the hosts, and nothing else
    const hosts = Object.fromEntries(masters.map((name) => [name, { address: addressOf(name) }]))
    const reached = { user: 'root', private_key_file: lab.keyFile, known_hosts_file: lab.knownHosts }
    writeFileSync(inventory(), stringify({ all: { vars: reached, children: { masters: { hosts } } } }))
    await promisify(execFile)(resolve('bench/ha/by-hand.sh'), [
      'join',
      lab.keyFile,
      lab.knownHosts,
      balancer,
      ...masters.map(addressOf),
      folder,
    ])
    await cluster.assertHealthy()
  })
  test.after(async () => {
    await cluster.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  test('--check says what would be written, and writes nothing', async () => {
    const before = await state()
    const check = await succeed('adopt', '--check')
    assert.equal(
      tasksWith(check, 'would change').map((one) => one.replace(/^m\d: /, '')),
      [`variables-file: variables in ${file()}`],
    )
    assert.not(existsSync(file()))
    assert.equal(await state(), before)
  })

  test('the variables are those of the cluster, no host is changed, and a second run changes nothing', async () => {
    const before = await state()
    await succeed('adopt')
    assert.equal(parse(readFileSync(file(), 'utf8')), {
      kubernetes_version: vars.kubernetes_version,
      control_plane_endpoint: `${balancer}:6443`,
      pod_subnet: '10.244.0.0/16',
      service_subnet: '10.112.0.0/16',
      cert_sans: ['api.hand.example'],
      cgroup_driver: 'cgroupfs',
      fail_swap_on: false,
      kube_proxy_conntrack_max_per_core: 0,
      api_server: { extraArgs: { profiling: 'false', 'event-ttl': '2h' } },
      controller_manager: { extraArgs: { 'terminated-pod-gc-threshold': '500' } },
      etcd: { quotaBackendBytes: 4_294_967_296 },
      kubelet: { ...vars.kubelet, maxPods: 60 },
      kube_proxy: { metricsBindAddress: '0.0.0.0' },
      kubeadm_config_merge: [{ kind: 'ClusterConfiguration', networking: { dnsDomain: 'hand.example' } }],
      cni_manifest: 'none',
      ...((await on('m1', 'wc -l </proc/swaps')) === '1' ? {} : { manage_swap: false }),
    })
    assert.match(
      readFileSync(file(), 'utf8'),
      '# Its pod network is flannel (DaemonSet kube-flannel/kube-flannel-ds)',
    )
    assert.is((statSync(file()).mode & 0o777).toString(8), '600')
    assert.equal(tasksWith(await succeed('adopt'), 'changed'), [])
    assert.equal(await state(), before)
  })

  test('ha-masters --check differs in its own record alone, and a run changes nothing else', async () => {
    const record = masters.map(
      (host) => `${host}: write-config: kubeadm configuration /etc/coxswain/kubeadm.yaml`,
    )
    const check = await succeed('ha-masters', '--check')
    assert.equal(tasksWith(check, 'would change'), record)
    assert.equal(tasksWith(check, 'unknown'), [])
    const before = await state()
    const run = await succeed('ha-masters')
    assert.equal(tasksWith(run, 'changed'), record)
    const withoutOwn = (text: string): string => text.replaceAll(/^.*\/etc\/coxswain\/.*\n/gm, '')
    assert.equal((await state()).map(withoutOwn), before.map(withoutOwn))
    assert.equal(tasksWith(await succeed('ha-masters'), 'changed'), [])
    // the ConfigMap as this project writes it, once
    assert.equal(tasksWith(await succeed('reconfigure'), 'changed'), [
      'm1: upload-cluster-config: the cluster keeps the configuration',
    ])
    for (const playbook of ['ha-masters', 'reconfigure'])
      assert.equal(tasksWith(await succeed(playbook), 'changed'), [])
    assert.equal(tasksWith(await succeed('adopt'), 'changed'), [])
    await cluster.assertHealthy()
  })

  test('a file with other variables is not replaced, and the difference is named', async () => {
    const text = readFileSync(file(), 'utf8')
    writeFileSync(file(), text.replace('maxPods: 60', 'maxPods: 61'))
    const refused = await play('adopt')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'kubelet.maxPods: 61 → 60')
    assert.match(readFileSync(file(), 'utf8'), 'maxPods: 61')
    writeFileSync(file(), text)
  })

  test('what one master has alone is found; what all have is written, and reconfigure keeps it', async () => {
    const edit = (host: string): Promise<string> =>
      on(host, `sed -i 's/^    - --profiling=false$/&\\n    - --max-requests-inflight=500/' ${manifest}`)
    const ready = `until curl -skf https://127.0.0.1:6443/readyz && pgrep -f max-requests-inflight=50[0]; do sleep 1; done`
    await edit('m2')
    const found = await play('adopt')
    assert.is(found.status, 3)
    assert.match(failuresOf(found), 'argument max-requests-inflight of kube-apiserver: 500 → not set')
    for (const host of ['m1', 'm3']) await edit(host)
    for (const host of masters) await on(host, `timeout 300 sh -c '${ready}' >/dev/null`)
    rmSync(file())
    const lifted = await play('adopt')
    assert.is(lifted.status, 3)
    assert.match(failuresOf(lifted), 'kubeadm-config has another value')
    assert.match(readFileSync(file(), 'utf8'), 'max-requests-inflight: "500"')
    const kept = tasksWith(await succeed('reconfigure'), 'changed').map((one) => one.replace(/^m\d: /, ''))
    assert.equal(
      kept.filter((one) => !one.startsWith('write-config')),
      ['upload-cluster-config: the cluster keeps the configuration'],
    )
    await succeed('adopt')
    assert.equal(tasksWith(await succeed('ha-masters'), 'changed'), [])
    await cluster.assertHealthy()
  })
}
