import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { applyCni } from '../../../tasks/kubernetes/apply-cni.ts'
import { daemonSets, manifestText } from '../../../tasks/kubernetes/pod-networks.ts'
import { rejects } from '../../support/rejects.ts'
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

const ready = 'm1\tTrue\tkubelet is posting ready status\n'
const withoutNetwork = 'm1\tFalse\truntime network not ready: cni plugin not initialized\n'

interface ApiServer {
  readonly world: World
  readonly sent: () => string
}

/** An API server of the imagination that keeps what is applied; its pods run after `looks` looks at them. */
const cluster = ({ applied = '', nodes = ready, looks = 0 } = {}): ApiServer => {
  let text = applied
  let left = looks
  const settled = (): boolean => text !== '' && left <= 0
  return {
    sent: () => text,
    world: {
      files: { '/etc/kubernetes/admin.conf': 'x' },
      patterns: [
        [/^kubectl .* diff -f - >\/dev\/null$/, ({ stdin }) => ({ code: stdin === text ? 0 : 1 })],
        [
          /^kubectl .* apply -f -$/,
          ({ stdin }) => {
            text = stdin
            return 'created'
          },
        ],
        [
          /^kubectl .* -n kube-system get daemonset net -o /,
          () => {
            left -= 1
            return text === '' ? { code: 1 } : `1,1,3,3,${settled() ? 3 : 2}`
          },
        ],
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

test('the manifest is applied with the pod CIDR in it, and DaemonSets and nodes are waited for', async () => {
  const { world, sent } = cluster({ nodes: withoutNetwork, looks: 2 })
  const run = await rehearse(applyCni({ manifest: file('net.yaml'), podCidr: '10.9.0.0/16' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(sent(), inPlace)
  assert.equal(run.commands.apply, ['kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f -'])
})

test('what is applied and runs is left alone', async () => {
  const { world } = cluster({ applied: inPlace })
  const run = await rehearse(applyCni({ manifest: file('same.yaml'), podCidr: '10.9.0.0/16' }), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('what is applied but does not run yet, or gives a node no network, is waited for, and not changed', async () => {
  const task = applyCni({ manifest: file('late.yaml'), podCidr: '10.9.0.0/16' })
  const run = await rehearse(task, cluster({ applied: inPlace, nodes: withoutNetwork, looks: 3 }).world)
  assert.is(run.foretold, 'unknown')
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('a node that is not Ready for another reason is not held against the network', async () => {
  const nodes = 'm1\tFalse\tPLEG is not healthy\nm2\tUnknown\tKubelet stopped posting node status.\n'
  const { world } = cluster({ applied: inPlace, nodes })
  const task = applyCni({ manifest: file('ill.yaml'), podCidr: '10.9.0.0/16' })
  assert.is((await rehearse(task, world)).outcome, 'ok')
})

test('pods that never run: the wait ends, and says what is missing', async () => {
  const { world } = cluster({ looks: Infinity })
  const run = await rehearse(applyCni({ manifest: file('never.yaml'), timeout: 0.01 }), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'DaemonSet net runs on 2 of 3 nodes')
})

test('before there is a cluster it would change; a manifest that is not here, or no YAML, is told', async () => {
  const early = await rehearse(applyCni({ manifest: file('early.yaml') }), {
    patterns: [[/apply/, { code: 1, stderr: 'refused' }]],
  })
  assert.is(early.foretold, 'would change')
  const none = await rehearse(applyCni({ manifest: join(folder, 'none.yaml') }), {})
  assert.match(String(none.error), 'cannot read the manifest')
  const { world } = cluster({ applied: 'a: [' })
  const broken = await rehearse(applyCni({ manifest: file('broken.yaml', 'a: [') }), world)
  assert.match(String(broken.error), 'the manifest is not YAML')
})

test('kubectl before 1.13 has no diff: there it counts whether all of it is there', async () => {
  const { world } = cluster({ applied: inPlace })
  const old = (there: boolean): World => ({
    ...world,
    patterns: [
      [/ diff /, { code: 1, stderr: 'Error: unknown command "diff" for "kubectl"' }],
      [/^kubectl .* get -f - >\/dev\/null$/, () => ({ code: there ? 0 : 1 })],
      [/ apply /, { code: 1 }],
      ...(world.patterns ?? []),
    ],
  })
  const task = applyCni({ manifest: file('old.yaml') })
  assert.is((await rehearse(task, old(true))).outcome, 'ok')
  assert.is((await rehearse(task, old(false))).foretold, 'would change')
})

test('DaemonSets are found wherever their name stands, and not in a text that only speaks of them', () => {
  assert.equal(daemonSets(manifest), [{ name: 'net', namespace: 'kube-system' }])
})

/** What is published is the one thing that cannot be had here; the shape of the two places is taken from it. */
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

test('flannel and calico come at a pinned version, with the pod CIDR in its place', async () => {
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

test('a manifest without a place for the pod CIDR, or that is not there, is not applied', async () => {
  const { asked: noPlace } = await withFetch(new Response('a: 1'), () =>
    rejects(() => named('flannel'), 'task-failed', 'has no place for the pod CIDR'),
  )
  assert.is(noPlace.length, 1)
  await withFetch(new Response('', { status: 404 }), () =>
    rejects(() => named('calico'), 'task-failed', 'answers 404'),
  )
  await withFetch(new TypeError('fetch failed'), () =>
    rejects(() => named('calico'), 'task-failed', 'cannot get https://'),
  )
})

/** A `helm` on the path that prints its words, or fails. */
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

test('cilium is made of its chart by helm, at a pinned version', async () => {
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
