import { X509Certificate } from 'node:crypto'
import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { podsWithoutAuthority } from '../../../tasks/kubernetes/pods-without-authority.ts'
import { suite } from '../../support/spec.ts'
import { textOf, valueOf } from '../../support/value-of.ts'
import { files, next, prepared, replaced, signed, trusting } from './rotation-world.ts'

const test = suite('pods-without-authority')

const short = new X509Certificate(next.ca).fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()
const row = (name: string, more: Partial<Record<number, string>> = {}): string =>
  ['web', name, 'Running', '', '', '', '', 'kube-root-ca.crt', '']
    .map((value, at) => more[at] ?? value)
    .join('\t')
const rows = [
  row('bare'),
  row('batch-1', { 5: 'Job', 6: 'batch' }),
  row('db-0', { 5: 'StatefulSet', 6: 'db', 7: '', 8: 'db-tls default-token-x7k2p' }),
  row('replaced', { 3: short, 5: 'ReplicaSet', 6: 'web-1' }),
  row('other', { 3: 'an earlier one', 5: 'DaemonSet', 6: 'agent' }),
  row('static', { 4: 'a hash' }),
  row('ended', { 2: 'Succeeded' }),
  row('without-token', { 7: 'settings' }),
]

const worldOf = (there: NonNullable<World['files']>, lines: readonly string[] = rows): World => ({
  files: there,
  patterns: [[/^kubectl .* get pods --all-namespaces /, lines.map((line) => `${line}\n`).join('')]],
})
const task = podsWithoutAuthority({ address: '10.0.0.1' })
const pod = (name: string, owner = '') => ({ namespace: 'web', name, owner })

test('pods that were not replaced are named with what makes them, and nothing is changed', async () => {
  const wanted = [
    pod('bare'),
    pod('batch-1', 'Job batch'),
    pod('db-0', 'StatefulSet db'),
    pod('other', 'DaemonSet agent'),
  ]
  for (const there of [trusting, signed]) {
    assert.equal(await valueOf(task, worldOf(there)), wanted)
    const run = await rehearse(task, worldOf(there))
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['ok', 'ok', []], String(run.error))
  }
})

test('none is named where all were replaced, and none is looked for before both are trusted and after that', async () => {
  assert.equal(await valueOf(task, worldOf(trusting, [row('replaced', { 3: short })])), [])
  for (const there of [files, { ...files, ...prepared }, replaced]) {
    assert.equal(await valueOf(task, { files: there }), [])
    assert.equal((await rehearse(task, { files: there })).commands.check, [])
  }
})

test('pods that cannot be listed are not known, with the reason, and the run goes on', async () => {
  const failing: readonly (readonly [Reply, string])[] = [
    [
      { code: 1, stderr: 'The connection to the server 10.0.0.1:6443 was refused' },
      'cannot list the pods: The connection to the server 10.0.0.1:6443 was refused',
    ],
    [
      () => {
        throw new CoxswainError('command-timeout', 'stopped after 40 s')
      },
      'stopped after 40 s',
    ],
  ]
  for (const [reply, why] of failing) {
    const world: World = { files: trusting, patterns: [[/^kubectl .* get pods --all-namespaces /, reply]] }
    const run = await rehearse(task, world)
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['ok', 'ok', []], String(run.error))
    assert.is(await valueOf(task, world), undefined)
    assert.match((await textOf(task, world)) ?? '', 'not known: ')
    assert.match((await textOf(task, world)) ?? '', why)
  }
})

test('pods that have ended are not listed: their rows could exceed the limit of an answer', async () => {
  const { commands } = await rehearse(task, worldOf(trusting))
  assert.match(commands.check.join('\n'), "--field-selector 'status.phase!=Succeeded,status.phase!=Failed'")
})

test('bad parameters are refused', () => {
  assert.throws(() => podsWithoutAuthority({ address: '10.0.0.1', port: 0 }), 'port')
})
