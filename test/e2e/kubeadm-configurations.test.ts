/** The kept configurations and commands of a release, and its row in the table of versions, judged by its own kubeadm. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { kubeadmOf } from '../../lab/kubeadm.ts'
import { debianRelease } from '../../lab/source.ts'
import { ownedSettings } from '../../tasks/kubernetes/config/owned-settings.ts'
import { refusedIn } from '../../tasks/kubernetes/config/refused.ts'
import { renderConfig } from '../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../tasks/kubernetes/kubeadm/settings.ts'
import type { HostConfig } from '../../tasks/kubernetes/kubeadm/settings.ts'
import { factsOf, minorOf } from '../../tasks/kubernetes/kubeadm/versions.ts'
import { kubeadmGates } from '../../tasks/kubernetes/kubeadm/versions/gates-gone.ts'
import { unknownToKubeadm } from '../../tasks/kubernetes/kubeadm/versions/unknown-gates.ts'
import { askKubeadm, refusalOf } from '../support/ask-kubeadm.ts'
import { e2eKubeadms } from '../support/e2e-releases.ts'
import { suite } from '../support/spec.ts'
import { configurations } from '../tasks/kubernetes/golden/clusters.ts'
import { assertFits } from '../tasks/kubernetes/kubeadm/assert-fits.ts'

const test = suite('configurations, judged by kubeadm', { seconds: 3600 })

const kept = join(import.meta.dirname, '..', 'tasks', 'kubernetes', 'golden', 'data')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-configurations-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const judge = (minor: number, file: string): string[] =>
  factsOf(`v1.${minor}.0`).validatesConfig
    ? ['config', 'validate', '--config', file]
    : ['config', 'migrate', '--old-config', file]

for (const release of e2eKubeadms) {
  test(`kubeadm ${release} accepts each configuration, without a warning`, async () => {
    const kubeadm = await kubeadmOf(release)
    const minor = minorOf(`v${release}`)
    for (const [index, { name, text }] of configurations(minor).entries()) {
      const file = join(folder, `${release}-${index}.yaml`)
      writeFileSync(file, text)
      const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minor, file)}`
      assert.is(exitCode, 0, `${name}: ${stderr}`)
      assert.not.match(stderr, /unknown field|strict decoding|deprecated|no kind/i, name)
    }
  })

  test(`kubeadm ${release} has each phase and option of its commands`, async () => {
    const kubeadm = await kubeadmOf(release)
    const commands = readFileSync(join(kept, `${release}.commands`), 'utf8').match(/^kubeadm .*$/gm) ?? []
    assert.ok(commands.length > 5)
    for (const command of commands) assert.is(await refusalOf(kubeadm, command), undefined, command)
  })

  // what Debian's kubeadm says was never recorded: clusters of it are built instead
  if (release !== debianRelease)
    test(`kubeadm ${release} says of itself what the table has`, async () => {
      assertFits(await askKubeadm(await kubeadmOf(release)))
    })
}

/** What kubeadm says of a configuration. */
const judged = async (release: string, name: string, text: string) => {
  const file = join(folder, `${release}-${name}.yaml`)
  writeFileSync(file, text)
  const kubeadm = await kubeadmOf(release)
  return $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minorOf(`v${release}`), file)}`
}

const self = { name: 'm1', address: '192.0.2.11' }
const configOf = (release: string, given: Record<string, unknown> = {}): HostConfig => ({
  cluster: clusterSchema.parse({
    controlPlaneEndpoint: '192.0.2.10:6443',
    kubernetesVersion: `v${release}.0`,
    criSocket: 'unix:///run/containerd/containerd.sock',
    ...given,
  }),
  self,
  members: [self],
  nodeIp: self.address,
})

/** Documents that are laid over others: fields, a kind that the variables do not make, and a list that is merged by its names. */
const mergedOf = (release: string): Record<string, unknown> => {
  const isList = factsOf(`v${release}.0`).argumentsAs === 'list'
  const logged = isList ? [{ name: 'v', value: '4' }] : { v: '4' }
  return {
    apiServer: {
      extraArgs: { 'audit-log-path': '/var/log/audit.log' },
      extraVolumes: [{ name: 'logs', hostPath: '/var/log', mountPath: '/var/log' }],
    },
    merge: [
      {
        kind: 'ClusterConfiguration',
        networking: { dnsDomain: 'example.test' },
        apiServer: {
          extraArgs: logged,
          extraVolumes: [{ name: 'more', hostPath: '/srv', mountPath: '/srv', readOnly: true }],
        },
      },
      { kind: 'InitConfiguration', nodeRegistration: { kubeletExtraArgs: logged } },
      { kind: 'KubeletConfiguration', serializeImagePulls: false },
      { kind: 'KubeProxyConfiguration', bindAddress: '192.0.2.11' },
    ],
  }
}

/** Of these, the table has the last release in which they can have gone. */
const atTheLatest = new Set(['IPv6DualStack', 'UnversionedKubeletConfigMap'])

for (const release of e2eKubeadms) {
  test(`kubeadm ${release} accepts what kubeadm_config_merge lays over the variables, with both in it`, async () => {
    const config = configOf(release, mergedOf(release))
    assert.equal(refusedIn(config), [])
    const text = renderConfig(config)
    for (const part of [
      'audit-log-path',
      'example.test',
      'node-ip',
      'serializeImagePulls: false',
      'mountPath: /srv',
    ])
      assert.match(text, part)
    const { exitCode, stderr } = await judged(release, 'merged', text)
    assert.is(exitCode, 0, stderr)
    assert.not.match(stderr, /unknown field|strict decoding|deprecated|no kind/i)
  })

  test(`kubeadm ${release} knows the feature gates of its own that the table has for it, and no others`, async () => {
    const minor = minorOf(`v${release}`)
    for (const gate of [...Object.keys(kubeadmGates), 'MadeUp']) {
      const config = configOf(release)
      const text = renderConfig({ ...config, cluster: { ...config.cluster, featureGates: { [gate]: true } } })
      const { exitCode, stderr } = await judged(release, `gate-${gate}`, text)
      const known = gate !== 'MadeUp' && unknownToKubeadm({ [gate]: true }, minor).length === 0
      if (known && atTheLatest.has(gate)) continue
      assert.is(exitCode === 0, known, `${gate}: ${stderr}`)
    }
  })

  // before, kubeadm does not judge more than the fields
  if (factsOf(`v${release}.0`).validatesConfig)
    test(`kubeadm ${release} accepts other values of the settings that everything here depends on: so they are refused before`, async () => {
      const others = [
        {
          kubeletExtraArgs: {
            'hostname-override': 'other',
            'root-dir': '/data/kubelet',
            'register-node': 'false',
          },
        },
        {
          etcd: { extraArgs: { 'data-dir': '/data/etcd', 'listen-client-urls': 'https://192.0.2.11:2379' } },
        },
        { apiServer: { extraArgs: { 'secure-port': '7443', 'anonymous-auth': 'false' } } },
        { merge: [{ kind: 'KubeletConfiguration', staticPodPath: '/srv/pods' }] },
        { merge: [{ kind: 'ClusterConfiguration', certificatesDir: '/etc/k8s/pki' }] },
      ]
      for (const [index, given] of others.entries()) {
        const config = configOf(release, given)
        assert.ok(refusedIn(config).length > 0, JSON.stringify(given))
        const { exitCode, stderr } = await judged(release, `owned-${index}`, renderConfig(config))
        assert.is(exitCode, 0, stderr)
      }
    })

  if (factsOf(`v${release}.0`).dryRunsPhases)
    test(`the values that kubeadm ${release} itself gives to the settings of the table are not refused`, async () => {
      const file = join(folder, `${release}-own.yaml`)
      const [kubeadm, out] = [await kubeadmOf(release), mkdtempSync(join(folder, 'pods-'))]
      const config = configOf(release)
      writeFileSync(file, renderConfig(config))
      for (const phase of [
        ['etcd', 'local'],
        ['control-plane', 'all'],
      ])
        await $({
          quiet: true,
          env: { ...process.env, KUBEADM_INIT_DRYRUN_DIR: out },
        })`${kubeadm} init phase ${phase} --dry-run --config ${file}`
      const pods = { etcd: 'etcd', apiServer: 'kube-apiserver', controllerManager: 'kube-controller-manager' }
      let seen = 0
      for (const [program, pod] of Object.entries(pods)) {
        const text = readFileSync(join(out, `${pod}.yaml`), 'utf8')
        const names = new Set(
          ownedSettings.flatMap((one) => (one.program === program ? (one.arguments ?? []) : [])),
        )
        for (const [, name = '', value = ''] of text.matchAll(/^ +- --([a-z-]+)=(.*)$/gm)) {
          if (!names.has(name)) continue
          seen += 1
          const given = configOf(release, { [program]: { extraArgs: { [name]: value } } })
          assert.equal(refusedIn(given), [], `--${name}=${value}`)
        }
      }
      assert.ok(seen > 8, String(seen))
    })
}

test('kubeadm refuses a field that it does not know', async () => {
  const [release = ''] = e2eKubeadms
  const kubeadm = await kubeadmOf(release)
  const minor = minorOf(`v${release}`)
  const [first] = configurations(minor)
  const file = join(folder, 'unknown.yaml')
  writeFileSync(
    file,
    (first?.text ?? '').replace(
      'kind: ClusterConfiguration',
      'kind: ClusterConfiguration\nunknownSetting: 1',
    ),
  )
  const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minor, file)}`
  assert.ok(exitCode !== 0 || /unknown field/.test(stderr), stderr)
})

test('kubeadm does not have a phase or an option that is made up', async () => {
  const kubeadm = await kubeadmOf(e2eKubeadms[0] ?? '')
  assert.is(await refusalOf(kubeadm, 'kubeadm init phase certs some'), 'kubeadm init phase certs some')
  assert.is(await refusalOf(kubeadm, 'kubeadm init phase certs all --conf /x'), '--conf')
})
