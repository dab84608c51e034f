import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { applyCni } from '../../../tasks/kubernetes/apply-cni.ts'
import { daemonSets, manifestText } from '../../../tasks/kubernetes/pod-networks.ts'
import { rejects } from '../../support/rejects.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('apply-cni')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-cni-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const manifest = `# a network of the imagination
kind: ConfigMap
apiVersion: v1
metadata: { name: net, namespace: kube-system }
data:
  run: |
    kind: DaemonSet
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  labels: { app: net }
  name: net
  namespace: kube-system
spec: { cidr: "{{podCidr}}" }
`
const inPlace = manifest.replace('{{podCidr}}', '10.9.0.0/16')

const ready = 'm1\t\t10.9.0.0/24\tTrue\tkubelet is posting ready status\n'
const withoutNetwork = 'm1\t\t10.9.0.0/24\tFalse\truntime network not ready: cni plugin not initialized\n'

interface ApiServer {
  readonly world: World
  readonly sent: () => string
}

/** A simulated API server that stores applied manifests; its pods run after `looks` queries. */
const cluster = ({
  applied = '',
  nodes = ready,
  looks = 0,
  sets = '',
  netConf = '',
  mounts = '[{"name":"net"}]',
  networks = '',
} = {}): ApiServer => {
  let text = applied
  let record = ''
  let left = looks
  const settled = (): boolean => text !== '' && left <= 0
  return {
    sent: () => text,
    world: {
      files: { '/etc/kubernetes/admin.conf': 'x', '/etc/cni/net.d/of-a-package.conflist': 'x' },
      patterns: [
        [sentPattern('tasks/kubernetes/networks/without-package.sh', '/etc/cni/net.d'), networks],
        [
          sentPattern('tasks/kubernetes/networks/differing-objects.sh'),
          ({ stdin }) => ({ code: stdin === text ? 0 : 1, stderr: stdin === text ? '' : 'not found' }),
        ],
        [
          /^kubectl .* apply -f \/dev\/stdin$/,
          ({ stdin }) => {
            record = stdin
            return ''
          },
        ],
        [/get configmap coxswain-pod-network/, () => record],
        [/ get --ignore-not-found --no-headers /, ''],
        [/get (daemonsets|pods|controllerrevisions) -n /, '{"items":[]}'],
        [
          /^kubectl .* apply -f -$/,
          ({ stdin }) => {
            text = stdin
            return 'created'
          },
        ],
        [
          /^kubectl .* -n kube-system get daemonset net -o 'jsonpath/,
          () => {
            left -= 1
            return text === '' ? { code: 1 } : `1,1,3,3,${settled() ? 3 : 2}`
          },
        ],
        [/^kubectl .* get daemonsets --all-namespaces -o /, sets],
        [
          /^kubectl .* -n \S+ get daemonset \S+ -o json$/,
          `{"spec":{"template":{"spec":{"volumes":[{"name":"net","hostPath":{"path":"/etc/cni/net.d/"}},{"name":"tmp","emptyDir":{}}],"containers":[{"volumeMounts":${mounts}}]}}}}`,
        ],
        [/^kubectl .* -n kube-flannel get configmap kube-flannel-cfg /, netConf],
        [/^kubectl .* get nodes -o /, () => (settled() ? ready : nodes)],
      ],
    },
  }
}

const file = (name: string, text = manifest): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('the manifest is applied with the pod CIDR, and the task waits for DaemonSets and nodes', async () => {
  const { world, sent } = cluster({ nodes: withoutNetwork, looks: 2 })
  const run = await rehearse(applyCni({ manifest: file('net.yaml'), podCidr: '10.9.0.0/16' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(sent(), inPlace)
  const record = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=30s apply -f /dev/stdin'
  assert.equal(run.commands.apply, [
    record,
    'kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f -',
    record,
  ])
})

test('an applied and running manifest is ok', async () => {
  const { world } = cluster({ applied: inPlace })
  const run = await rehearse(applyCni({ manifest: file('same.yaml'), podCidr: '10.9.0.0/16' }), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('if it is applied but does not run, or a node does not have a network, the task waits and changes nothing', async () => {
  const task = applyCni({ manifest: file('late.yaml'), podCidr: '10.9.0.0/16' })
  const run = await rehearse(task, cluster({ applied: inPlace, nodes: withoutNetwork, looks: 3 }).world)
  assert.is(run.predicted, 'unknown')
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

for (const [sets, found] of [
  [
    'calico-system\tcalico-node\t/lib/modules,/etc/cni/net.d,\n',
    'calico (DaemonSet calico-system/calico-node)',
  ],
  ['kube-system\tcilium\t/etc/cni/net.d,\n', 'cilium (DaemonSet kube-system/cilium)'],
  ['kube-system\tweave-net\t/etc/cni/,\n', 'weave (DaemonSet kube-system/weave-net)'],
  [
    'kube-system\tkube-flannel-ds\t/run/flannel,/etc/cni/net.d,\n',
    'flannel (DaemonSet kube-system/kube-flannel-ds)',
  ],
  ['x\tmesh\t/etc/cni/net.d,\n', 'another pod network (DaemonSet x/mesh)'],
] as const) {
  test(`over another network, nothing is applied: ${found}`, async () => {
    const { world, sent } = cluster({ sets })
    const run = await rehearse(applyCni({ manifest: file('over.yaml'), podCidr: '10.9.0.0/16' }), world)
    assert.match(String(run.error), `the cluster already has a pod network: ${found}`)
    assert.match(JSON.stringify(run.error), 'set cni_manifest to none to keep it')
    assert.is(sent(), '')
  })
}

test('over a network of this host that no DaemonSet installed, nothing is applied', async () => {
  const task = applyCni({
    manifest: file('host.yaml', `${manifest}# 10-net.conflist\n`),
    podCidr: '10.9.0.0/16',
  })
  // its own of a former cluster, the loopback device, and what no runtime reads
  const usual = ['10-net.conflist', '99-loopback.conf', 'calico-kubeconfig', '05-x.conflist.bak']
  const lines = (names: readonly string[]): string => names.map((name) => `/etc/cni/net.d/${name}\n`).join('')
  const { world, sent } = cluster({ networks: lines(['10-bridge.conf', ...usual]) })
  const run = await rehearse(task, world)
  assert.match(
    String(run.error),
    'there is already a network that the manifest does not name, on host: /etc/cni/net.d/10-bridge.conf',
  )
  assert.match(JSON.stringify(run.error), 'set cni_manifest to none to keep that network')
  assert.is(sent(), '')
  assert.is((await rehearse(task, cluster({ networks: lines(usual) }).world)).outcome, 'changed')
  // from its first application on, the network writes its own files, whatever it calls them
  const running = cluster({ sets: 'kube-system\tnet\t/etc/cni/net.d,\n', networks: lines(['50-own.conf']) })
  assert.is((await rehearse(task, running.world)).outcome, 'changed')
})

test('before the first application, the other nodes must not have a network of their own either', async () => {
  const task = applyCni({ manifest: file('nodes.yaml'), podCidr: '10.9.0.0/16', nodes: 'm2' })
  const withNetworks = (networks: string): World => ({
    files: { '/etc/cni/net.d/of-a-package.conflist': 'x' },
    patterns: [[sentPattern('tasks/kubernetes/networks/without-package.sh', '/etc/cni/net.d'), networks]],
  })
  const m2 = withNetworks('/etc/cni/net.d/10-calico.conflist\n')
  const { world, sent } = cluster()
  const run = await rehearse(task, { ...world, others: { m2 } })
  assert.match(
    String(run.error),
    'there is already a network that the manifest does not name, on m2: /etc/cni/net.d/10-calico.conflist',
  )
  assert.is(sent(), '')
  const without = await rehearse(task, { ...cluster().world, others: { m2: withNetworks('') } })
  assert.is(without.outcome, 'changed', String(without.error))
  // it runs there already
  const running = cluster({ sets: 'kube-system\tnet\t/etc/cni/net.d,\n' })
  assert.is((await rehearse(task, { ...running.world, others: { m2 } })).outcome, 'changed')
})

test('the network itself, and additions to one, can be there', async () => {
  const sets = [
    'kube-system\tnet\t/etc/cni/net.d,',
    'kube-system\tkube-multus-ds\t/etc/cni/net.d,/opt/cni/bin,',
    'istio-system\tistio-cni-node\t/etc/cni/net.d,',
    'kube-system\tkube-proxy\t/lib/modules,',
  ].join('\n')
  const { world } = cluster({ sets })
  const run = await rehearse(applyCni({ manifest: file('update.yaml'), podCidr: '10.9.0.0/16' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
})

const operator = (group: string, kind: string, version: string): string =>
  `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: default }\nspec: { version: ${version} }\n`

for (const [group, kind, sets] of [
  ['operator.tigera.io/v1', 'Installation', 'calico-system\tcalico-node\t/etc/cni/net.d,\n'],
  ['cilium.io/v1alpha1', 'CiliumConfig', 'cilium\tcilium\t/etc/cni/net.d,\n'],
] as const) {
  test(`what the operator of ${kind} made is its own network, and an upgrade is applied`, async () => {
    const text = operator(group, kind, 'new')
    const { world, sent } = cluster({ applied: operator(group, kind, 'old'), sets })
    const task = applyCni({ manifest: file(`${kind}.yaml`, text), podCidr: '10.9.0.0/16' })
    const run = await rehearse(task, world)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(sent(), text)
    // it does not own another one
    const other = cluster({ sets: `${sets}kube-system\tweave-net\t/etc/cni/,\n` })
    assert.match(String((await rehearse(task, other.world)).error), 'already has a pod network: weave')
  })
}

test('a DaemonSet that only reads the configuration of networks is not one', async () => {
  const sets = 'security\tscanner\t/etc/cni/net.d/,/etc/kubernetes,\n'
  const task = applyCni({ manifest: file('reader.yaml'), podCidr: '10.9.0.0/16' })
  const mount = (readOnly: boolean): string => `[{"name":"tmp"},{"name":"net","readOnly":${readOnly}}]`
  const run = await rehearse(task, cluster({ sets, mounts: mount(true) }).world)
  assert.is(run.outcome, 'changed', String(run.error))
  const writer = await rehearse(task, cluster({ sets, mounts: mount(false) }).world)
  assert.match(String(writer.error), 'another pod network (DaemonSet security/scanner)')
})

test('flannel with other networks is not replaced, an update of the same one is applied', async () => {
  const conf = (network: string): string => `{"Network": "${network}", "Backend": {"Type": "vxlan"}}`
  const text = `kind: ConfigMap\nmetadata: { name: kube-flannel-cfg, namespace: kube-flannel }\ndata:\n  net-conf.json: |\n    ${conf('{{podCidr}}')}\n---\n${manifest}`
  const task = applyCni({ manifest: file('flannel.yaml', text), podCidr: '10.9.0.0/16' })
  const other = await rehearse(task, cluster({ netConf: conf('10.42.0.0/16') }).world)
  assert.match(
    String(other.error),
    'flannel of another manifest (its ConfigMap kube-flannel/kube-flannel-cfg has 10.42.0.0/16, vxlan, and the manifest 10.9.0.0/16, vxlan)',
  )
  const same = await rehearse(task, cluster({ netConf: conf('10.9.0.0/16') }).world)
  assert.is(same.outcome, 'changed', String(same.error))
})

test('a node that is not Ready for another reason does not count', async () => {
  const nodes =
    'm1\t\t10.9.0.0/24\tFalse\tPLEG is not healthy\nm2\t\t\tUnknown\tKubelet stopped posting node status.\n'
  const { world } = cluster({ applied: inPlace, nodes })
  const task = applyCni({ manifest: file('ill.yaml'), podCidr: '10.9.0.0/16' })
  assert.is((await rehearse(task, world)).outcome, 'ok')
})

test('pods that never run: the wait times out with what is missing', async () => {
  const { world } = cluster({ looks: Infinity })
  const run = await rehearse(applyCni({ manifest: file('never.yaml'), timeout: 0.01 }), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'DaemonSet net runs on 2 of 3 nodes')
})

test('without a cluster it would change; a missing or invalid manifest is reported', async () => {
  const early = await rehearse(applyCni({ manifest: file('early.yaml') }), {
    unpredictable: 'an earlier task makes the cluster',
    patterns: [
      [
        /apply|get (daemonsets|configmap|nodes|--ignore-not-found|controllerrevisions|pods)/,
        { code: 1, stderr: 'refused' },
      ],
    ],
  })
  assert.is(early.predicted, 'would change')
  const none = await rehearse(applyCni({ manifest: join(folder, 'none.yaml') }), {})
  assert.match(String(none.error), 'cannot read the manifest')
  const { world } = cluster({ applied: 'a: [' })
  const broken = await rehearse(applyCni({ manifest: file('broken.yaml', 'a: [') }), world)
  assert.match(String(broken.error), 'the manifest is not YAML')
})

test('kubectl before 1.13 does not have diff: it checks whether all objects exist', async () => {
  const { world } = cluster({ applied: inPlace })
  const old = (there: boolean): World => ({
    ...world,
    patterns: [
      [
        sentPattern('tasks/kubernetes/networks/differing-objects.sh'),
        { code: 1, stderr: 'Error: unknown command "diff" for "kubectl"' },
      ],
      [/^kubectl .* get -f - >\/dev\/null$/, () => ({ code: there ? 0 : 1 })],
      [/ apply /, { code: 1 }],
      ...(world.patterns ?? []),
    ],
  })
  const task = applyCni({ manifest: file('old.yaml') })
  assert.is((await rehearse(task, old(true))).outcome, 'ok')
  assert.is((await rehearse(task, old(false))).predicted, 'would change')
})

test('DaemonSets are found wherever their name is in the document, and not in other text', () => {
  assert.equal(daemonSets(manifest), [{ name: 'net', namespace: 'kube-system' }])
})

/** Published manifests cannot be downloaded in a test; the form of the two relevant parts is taken from them. */
const published: Readonly<Record<string, string>> = {
  flannel:
    'data:\n  net-conf.json: |\n    {\n      "Network": "10.244.0.0/16",\n      "Backend": {}\n    }\n',
  calico:
    '          env:\n            # - name: CALICO_IPV4POOL_CIDR\n            #   value: "192.168.0.0/16"\n            - name: X\n',
}

const withFetch = async <Value>(answer: Response | Error, work: () => Promise<Value>) => {
  const real = globalThis.fetch
  const asked: string[] = []
  globalThis.fetch = async (url) => {
    asked.push(url instanceof Request ? url.url : url.toString())
    if (answer instanceof Error) throw answer
    return answer
  }
  try {
    return { asked, value: await work() }
  } finally {
    globalThis.fetch = real
  }
}

const named = (manifestName: string, version?: string) =>
  manifestText({ manifest: manifestName, podCidr: '10.9.0.0/16', version })

test('flannel and calico are used at a pinned version, with the pod CIDR inserted', async () => {
  const flannel = await withFetch(new Response(published['flannel']), () => named('flannel'))
  assert.match(flannel.asked[0] ?? '', /flannel\/releases\/download\/v0\.28\.9\/kube-flannel\.yml$/)
  assert.match(flannel.value, '"Network": "10.9.0.0/16",')
  const calico = await withFetch(new Response(published['calico']), () => named('calico', 'v3.30.0'))
  assert.match(calico.asked[0] ?? '', /calico\/v3\.30\.0\/manifests\/calico\.yaml$/)
  assert.match(
    calico.value,
    '            - name: CALICO_IPV4POOL_CIDR\n              value: "10.9.0.0/16"\n            - name: X',
  )
})

test('networks of IPv6 are inserted where the network has a place for them', async () => {
  const both = { manifest: 'flannel', podCidr: '10.9.0.0/16,fd00:9::/56', version: undefined }
  const flannel = await withFetch(new Response(published['flannel']), () => manifestText(both))
  const [, json = ''] = /net-conf.json: \|\n([\s\S]*)/.exec(flannel.value) ?? []
  assert.equal(JSON.parse(json), {
    Network: '10.9.0.0/16',
    EnableIPv6: true,
    IPv6Network: 'fd00:9::/56',
    Backend: {},
  })
  const six = await withFetch(new Response(published['flannel']), () =>
    manifestText({ ...both, podCidr: 'fd00:9::/56' }),
  )
  assert.match(six.value, /"EnableIPv4": false,\n +"EnableIPv6": true,\n +"IPv6Network": "fd00:9::\/56",\n/)
  await rejects(() => manifestText({ ...both, manifest: 'calico' }), 'params-invalid', 'IPv6')
  const text = await withHelm('echo "$@"', () => manifestText({ ...both, manifest: 'cilium' }))
  assert.match(text, '--set ipv6.enabled=true --set ipam.operator.clusterPoolIPv6PodCIDRList={fd00:9::/56}')
  const own = file('own.yaml', 'a: "{{podCidrIPv4}}"\nb: "{{podCidrIPv6}}"\nc: "{{podCidr}}"\n')
  assert.is(
    await manifestText({ ...both, manifest: own }),
    `a: "10.9.0.0/16"\nb: "fd00:9::/56"\nc: "${both.podCidr}"\n`,
  )
})

test('a manifest at a URL must have the checksum that was given; so must a file', async () => {
  const text = 'a: "{{podCidr}}"\n'
  const sum = createHash('sha256').update(text).digest('hex')
  const url = 'https://example.test/net.yaml'
  const given = { manifest: url, podCidr: '10.9.0.0/16', sha256: sum }
  const { value, asked } = await withFetch(new Response(text), () => manifestText(given))
  assert.is(value, 'a: "10.9.0.0/16"\n')
  assert.equal(asked, [url])
  const other = 'f'.repeat(64)
  const refused = await withFetch(new Response(text), () =>
    rejects(() => manifestText({ ...given, sha256: other }), 'task-failed', 'has the checksum'),
  )
  assert.match(refused.value.message, `${sum}, and not ${other}`)
  const path = file('checked.yaml', text)
  assert.match(await manifestText({ ...given, manifest: path }), '10.9.0.0/16')
  await rejects(
    () => manifestText({ ...given, manifest: path, sha256: other }),
    'task-failed',
    'has the checksum',
  )
  assert.throws(() => applyCni({ manifest: url }), 'a manifest at a URL needs its checksum')
})

test('the MTU is set where the manifest has a place for it, and refused elsewhere', async () => {
  const text = 'net-conf.json: |\n  { "Network": "10.244.0.0/16", "Backend": { "Type": "vxlan" } }\n'
  const given = { podCidr: '10.9.0.0/16', mtu: 1400 }
  const flannel = await withFetch(new Response(text), () => manifestText({ ...given, manifest: 'flannel' }))
  assert.match(flannel.value, /"Type": "vxlan",\s+"MTU": 1400/)
  await rejects(
    () => manifestText({ ...given, manifest: 'calico' }),
    'params-invalid',
    'finds the MTU itself',
  )
  assert.is(await manifestText({ ...given, manifest: file('mtu.yaml', 'a: {{mtu}}\n') }), 'a: 1400\n')
  await rejects(
    () => manifestText({ ...given, manifest: file('none.yaml', 'a: 1\n') }),
    'params-invalid',
    'does not have {{mtu}}',
  )
  await rejects(
    () => manifestText({ podCidr: '10.9.0.0/16', manifest: file('mtu.yaml', 'a: {{mtu}}\n') }),
    'params-invalid',
    'no MTU is given',
  )
  const rendered = await withHelm('echo "$@"', () => manifestText({ ...given, manifest: 'cilium' }))
  assert.match(rendered, '--set MTU=1400')
})

test('a manifest without a place for the pod CIDR, and a missing manifest, are not applied', async () => {
  const { asked: noPlace } = await withFetch(new Response('a: 1'), () =>
    rejects(() => named('flannel'), 'task-failed', 'does not contain the setting for the pod CIDR'),
  )
  assert.is(noPlace.length, 1)
  await withFetch(new Response('', { status: 404 }), () =>
    rejects(() => named('calico'), 'task-failed', 'HTTP status 404'),
  )
  await withFetch(new TypeError('fetch failed'), () =>
    rejects(() => named('calico'), 'task-failed', 'cannot download https://'),
  )
})

/** A `helm` on the path that prints its arguments, or fails. */
const withHelm = async <Value>(script: string | undefined, work: () => Promise<Value>): Promise<Value> => {
  const path = process.env['PATH']
  const bin = mkdtempSync(join(folder, 'bin-'))
  if (script !== undefined) writeFileSync(join(bin, 'helm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  process.env['PATH'] = bin
  try {
    return await work()
  } finally {
    process.env['PATH'] = path
  }
}

test('cilium is rendered by helm from its chart, at a pinned version', async () => {
  const text = await withHelm('echo "$@"', () => named('cilium'))
  assert.match(text, '--version 1.20.1')
  assert.match(text, 'ipam.operator.clusterPoolIPv4PodCIDRList={10.9.0.0/16}')
  await withHelm('echo "no such chart" >&2; exit 1', () =>
    rejects(() => named('cilium'), 'task-failed', 'helm cannot render'),
  )
  await withHelm(undefined, async () => {
    const error = await rejects(() => named('cilium'), 'task-failed', 'helm cannot render')
    assert.match(error.hint, 'install helm on this machine')
  })
})
