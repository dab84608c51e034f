import { X509Certificate } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { workloadsRestart } from '../../../tasks/kubernetes/workloads-restart.ts'
import { suite } from '../../support/spec.ts'
import { files, former, next, signed, trusting } from './rotation-world.ts'

const test = suite('workloads-restart')

const short = new X509Certificate(next.ca).fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()

/** Workloads with the columns that the task asks for. */
const proxy = [
  'DaemonSet',
  'kube-system',
  'kube-proxy',
  '',
  'RollingUpdate',
  '',
  '1',
  '1',
  '3',
  '3',
  '',
  '',
  '',
]
const dns = ['Deployment', 'kube-system', 'coredns', '', '', '', '1', '1', '', '', '2', '2', '2']
const web = ['StatefulSet', 'web', 'db', '', 'RollingUpdate', '', '1', '1', '', '', '1', '1', '1']
const done = (row: readonly string[]): string[] => row.with(3, short)

const worldWith = (given: NonNullable<World['files']>, rows: string[][], published = former.ca + next.ca) => {
  const all = rows.map((row) => [...row])
  const patched: string[] = []
  const world: World = {
    files: given,
    patterns: [
      [
        /^kubectl .* get deployments,daemonsets,statefulsets /,
        () => all.map((row) => `${row.join('\t')}\n`).join(''),
      ],
      [/^kubectl .* get configmap kube-root-ca.crt /, published],
      [
        /^kubectl .* patch /,
        ({ script }) => {
          const [, namespace = '', kind = '', name = ''] = /-n (\S+) patch (\S+) (\S+) -p /.exec(script) ?? []
          assert.match(script, `{"coxswain/authority":"${short}"}`)
          patched.push(`${kind} ${namespace}/${name}`)
          const row = all.find((one) => one[2] === name)
          if (row !== undefined) row[3] = short
          return ''
        },
      ],
    ],
  }
  return { patched, world }
}
const task = (namespaces: string[] = []) => workloadsRestart({ address: '10.0.0.1', namespaces })

test('where both are trusted, the pods of all workloads are replaced, one workload after the other', async () => {
  const { patched, world } = worldWith(trusting, [dns, proxy, web])
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(patched, [
    'deployment kube-system/coredns',
    'daemonset kube-system/kube-proxy',
    'statefulset web/db',
  ])
})

test('only in the namespaces that are given', async () => {
  const { patched, world } = worldWith(trusting, [dns, web])
  await rehearse(task(['web']), world)
  assert.equal(patched, ['statefulset web/db'])
})

test('nothing is replaced without a new authority, once it signs, and where it was replaced', async () => {
  for (const [given, rows] of [
    [files, [dns]],
    [signed, [dns]],
    [trusting, [done(dns), done(proxy)]],
  ] as const)
    assert.is(
      (
        await rehearse(
          task(),
          worldWith(
            given,
            [...rows].map((row) => [...row]),
          ).world,
        )
      ).outcome,
      'ok',
    )
})

test('a workload of which an interrupted run did not see the end is waited for', async () => {
  const late = done(dns).with(11, '1')
  const { world } = worldWith(trusting, [late])
  const [list, ...others] = world.patterns ?? []
  let asked = 0
  const patterns: World['patterns'] = [
    [
      list?.[0] ?? /^$/,
      () => {
        asked += 1
        return `${(asked <= 3 ? late : done(dns)).join('\t')}\n`
      },
    ],
    ...others,
  ]
  const run = await rehearse(task(), { ...world, patterns })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('pods that Kubernetes does not replace by itself are left', async () => {
  for (const row of [done(proxy).with(4, 'OnDelete').with(9, '0'), done(dns).with(5, 'true').with(11, '0')])
    assert.is((await rehearse(task(), worldWith(trusting, [row]).world)).outcome, 'ok')
})
