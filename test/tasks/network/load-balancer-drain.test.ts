import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { loadBalancerDrain } from '../../../tasks/network/load-balancer-drain.ts'
import { loadBalancerUndrain } from '../../../tasks/network/load-balancer-undrain.ts'
import { targetsIn } from '../../../tasks/network/load-balancers/configuration.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from '../kubernetes/etcd-world.ts'
import { configuration, m1, m2, path, urls, world } from './balancer-world.ts'

const test = suite('load-balancer-drain')

const textOf = async (task: ReturnType<typeof loadBalancerDrain>, text: string) => {
  const run = await rehearse(task, world(text))
  assert.ok(['ok', 'changed'].includes(run.outcome), String(run.error))
  return { outcome: run.outcome, text: String(run.files.get(path)?.content), mode: run.files.get(path)?.mode }
}

test('a server is drained and used again, and no other byte changes', async () => {
  const before = configuration(m1, `${m2} # rack 2`)
  const drained = await textOf(loadBalancerDrain({ server: 'm2' }), before)
  assert.equal(drained, {
    outcome: 'changed',
    text: configuration(m1, `${m2} disabled # drained by coxswain # rack 2`),
    mode: '0640',
  })
  assert.equal(targetsIn(drained.text), ['10.0.0.1:6443'])
  assert.is((await textOf(loadBalancerUndrain({ server: 'm2' }), drained.text)).text, before)
})

test('a server that an administrator has disabled stays so', async () => {
  const before = configuration(m1, `${m2} disabled`)
  for (const task of [loadBalancerDrain({ server: 'm2' }), loadBalancerUndrain({ server: 'm2' })])
    assert.equal(await textOf(task, before), { outcome: 'ok', text: before, mode: '0640' })
})

for (const [title, text, server, message] of [
  ['the last server that is used', configuration(m1, `${m2} disabled`), 'm1', 'its only server'],
  ['a server that is not there', configuration(m1, m2), 'm', 'it does not have a server m'],
  [
    'the only one of its section',
    `${configuration(m1)}backend others\n    server m9 10.0.0.9:80 check\n`,
    'm1',
    'its only server',
  ],
] as const)
  test(`${title} is not drained, also under --check`, async () => {
    const run = await rehearse(loadBalancerDrain({ server }), world(text))
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
    assert.match(String(run.error), message)
  })

for (const [title, ready, message] of [
  ['the others do not serve', urls('10.0.0.2'), 'm2 is its last server that is ready: m1, m3 are not'],
  ['another one serves', urls('10.0.0.2', '10.0.0.3'), undefined],
  ['it does not serve itself', '', undefined],
  ['there is no curl to ask them with', { code: 1 }, undefined],
] as const)
  test(`a server, when ${title}, is ${message === undefined ? '' : 'not '}drained, also under --check`, async () => {
    const text = configuration(m1, m2, 'm3 10.0.0.3:6443 check', 'm4 10.0.0.4:6443 check disabled')
    const run = await rehearse(loadBalancerDrain({ server: 'm2' }), world(text, { code: 0 }, ready))
    if (message === undefined) assert.is(run.outcome, 'changed', String(run.error))
    else {
      assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
      assert.match(String(run.error), message)
      assert.match(hintOf(run.error), '/readyz')
    }
  })

test('servers are asked with the probe of the configuration, and only those of the same section', async () => {
  const probing = (line: string): string =>
    `${configuration(m1, m2).replace('    balance', `${line}    balance`)}backend others\n    server m9 10.0.0.9:80 check\n`
  for (const [line, probe] of [
    ['    http-check send meth GET uri /healthz\n', '/healthz'],
    ['    option httpchk GET /livez\n', '/livez'],
    ['', '/readyz'],
  ] as const) {
    const run = await rehearse(loadBalancerDrain({ server: 'm2' }), world(probing(line)))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.match(run.commands.check.join('\n'), `https://10.0.0.2:6443${probe} https://10.0.0.1:6443${probe}`)
    assert.not.match(run.commands.check.join('\n'), '10.0.0.9')
  }
})

test('a server that is drained already is not asked for', async () => {
  const run = await rehearse(
    loadBalancerDrain({ server: 'm2' }),
    world(configuration(m1, `${m2} disabled # drained by coxswain`), { code: 0 }, urls('10.0.0.2')),
  )
  assert.is(run.outcome, 'ok', String(run.error))
})

test('what haproxy refuses does not take the place of what it runs with', async () => {
  const before = configuration(m1, m2)
  const run = await rehearse(loadBalancerDrain({ server: 'm1' }), world(before, { code: 1, stderr: 'no' }))
  assert.match(String(run.error), 'haproxy refuses the configuration')
  assert.is(run.files.get(path)?.content, before)
  assert.is(run.files.get(`${path}.next`), undefined)
})

test('a host without a configuration is refused', async () => {
  for (const task of [loadBalancerDrain({ server: 'm1' }), loadBalancerUndrain({ server: 'm1' })]) {
    const run = await rehearse(task, {})
    assert.match(String(run.error), `${path} does not exist`)
    assert.match(hintOf(run.error), 'ha-masters')
  }
})

test('bad parameters are refused', () => {
  assert.throws(() => loadBalancerDrain({ server: 'm1 #' }), 'server')
  assert.throws(() => loadBalancerUndrain({ server: '' }), 'server')
})
