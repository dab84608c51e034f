import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { staticPodsRestart } from '../../../tasks/kubernetes/static-pods-restart.ts'
import { folderOf } from '../../support/folder.ts'
import { sent, sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'

const test = suite('static-pods-restart')
const place = folderOf(test)

const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const record = '/etc/coxswain/restart-static-pods'
const program = 'tasks/kubernetes/kubeadm/restart-static-pod.sh'
const manifests: Record<string, string> = {
  ...Object.fromEntries(components.map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, 'x'])),
  '/etc/kubernetes/manifests/kube-apiserver.yaml': '--secure-port=7443',
  '/etc/kubernetes/manifests/kube-scheduler.yaml': '--bind-address=::1',
  '/etc/kubernetes/admin.conf': 'x',
}

const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))

/** A host on which these pods are recorded; `log` has the pods that were restarted, and the URLs that were asked. */
const worldWith = (
  recorded: readonly string[],
  {
    files = {},
    fakes = {},
    ends = {},
    kubelet = 'active',
  }: {
    files?: World['files']
    fakes?: Parameters<typeof etcdCluster>[1]
    ends?: Readonly<Record<string, number>>
    kubelet?: string
  } = {},
) => {
  const log: string[] = []
  const world: World = {
    files: {
      ...manifests,
      ...(recorded.length > 0 && { [record]: `${recorded.join('\n')}\n` }),
      ...files,
    },
    patterns: [
      ...etcdCluster(members(), fakes).patterns,
      [/^systemctl is-active kubelet$/, `${kubelet}\n`],
      [
        sentPattern(program),
        ({ script }, all) => {
          const [from, away, pod = '', port] = wordsIn(script).split(' ')
          log.push(`${pod} ${port}`)
          const moved = all.get(`${away}/${pod}.yaml`)
          if (moved !== undefined) all.set(`${from}/${pod}.yaml`, moved)
          all.delete(`${away}/${pod}.yaml`)
          return { code: ends[pod] ?? 0 }
        },
      ],
      [
        /^curl .*(readyz|healthz)/,
        ({ script }) => {
          log.push(/https:\S+(?:readyz|healthz)/.exec(script)?.[0] ?? '')
          return 'ok'
        },
      ],
    ],
  }
  return { log, world }
}

test('the recorded pods are restarted one after the other, and each must work before the next', async () => {
  const { log, world } = worldWith(components)
  const run = await rehearse(staticPodsRestart(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes,
    components.map((name) => ({
      what: `static pod ${name}`,
      from: 'with former certificates',
      to: 'restarted',
    })),
  )
  assert.equal(log, [
    'etcd 2379',
    'kube-apiserver 7443',
    'https://127.0.0.1:7443/readyz',
    'kube-controller-manager 10257',
    'https://127.0.0.1:10257/healthz',
    'kube-scheduler 10259',
    'https://[::1]:10259/healthz',
  ])
  assert.not.ok(run.files.has(record))
})

test('where nothing is recorded, nothing is restarted', async () => {
  const { log, world } = worldWith([])
  assert.is((await rehearse(staticPodsRestart(), world)).outcome, 'ok')
  assert.equal(log, [])
})

test('a pod that an interrupted run has stopped is started again, even if it is etcd', async () => {
  const { '/etc/kubernetes/manifests/etcd.yaml': text = '', ...others } = manifests
  const { log, world } = worldWith([], {
    files: { '/etc/kubernetes/restarting/etcd.yaml': text },
  })
  const run = await rehearse(staticPodsRestart(), {
    ...world,
    files: { ...others, '/etc/kubernetes/restarting/etcd.yaml': text },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['etcd 2379'])
  assert.ok(run.files.has('/etc/kubernetes/manifests/etcd.yaml'))
})

test('onlyStopped leaves pods that run as they are, and starts one that does not', async () => {
  const { log, world } = worldWith(components)
  assert.is((await rehearse(staticPodsRestart({ onlyStopped: true }), world)).outcome, 'ok')
  const moved = '/etc/kubernetes/restarting/kube-scheduler.yaml'
  const stopped = worldWith([], { files: { [moved]: '--bind-address=127.0.0.1' } })
  const run = await rehearse(staticPodsRestart({ onlyStopped: true }), stopped.world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'static pod kube-scheduler', from: 'stopped by an interrupted run', to: 'started' },
  ])
  assert.equal([log, stopped.log[0]], [[], 'kube-scheduler 10259'])
})

test('etcd is not stopped while another member is not healthy', async () => {
  const { log, world } = worldWith(components, { fakes: { silent: ['10.0.0.3'] } })
  const run = await rehearse(staticPodsRestart(), world)
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(String(run.error), 'etcd on host is not restarted: etcd member m3')
})

test('the API server is asked at the address in its certificate', async () => {
  const files = {
    '/etc/kubernetes/manifests/kube-apiserver.yaml': '--advertise-address=10.0.0.1 --secure-port=7443',
  }
  const { log, world } = worldWith(['kube-apiserver'], { files })
  assert.is((await rehearse(staticPodsRestart(), world)).outcome, 'changed')
  assert.equal(log, ['kube-apiserver 7443', 'https://10.0.0.1:7443/readyz'])
})

test('members with expired certificates are not called unhealthy', async () => {
  const { log, world } = worldWith(components, { fakes: { expired: ['10.0.0.3'] } })
  const run = await rehearse(staticPodsRestart(), world)
  assert.equal([run.outcome, log], ['failed', []])
  assert.match(String(run.error), /etcd member m3.* could not be asked: curl: \(60\)/)
  assert.match(hintOf(run.error), 'renew the certificates of all masters')
})

test('a pod that the kubelet does not stop is said, and what is done is not repeated', async () => {
  const { log, world } = worldWith(components, { ends: { 'kube-apiserver': 101 } })
  const run = await rehearse(staticPodsRestart(), world)
  assert.match(String(run.error), 'the kubelet of host did not stop kube-apiserver within 120 s')
  assert.is(run.files.get(record)?.content, components.slice(1).join('\n') + '\n')
  assert.equal(log, ['etcd 2379', 'kube-apiserver 7443'])
})

test('a kubelet that cannot remove what is left of the former pod is restarted', async () => {
  const { log, world } = worldWith(['kube-scheduler'])
  let looks = 0
  const run = await rehearse(staticPodsRestart(), {
    ...world,
    patterns: [
      [
        /^curl .*healthz/,
        () => {
          looks += 1
          return looks > 40 ? 'ok' : { code: 7 }
        },
      ],
      [sentPattern('tasks/kubernetes/kubeadm/former-cgroups.sh', 'kube-scheduler'), ''],
      [/^systemctl restart kubelet$/, ''],
      ...(world.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply.slice(1), ['systemctl restart kubelet'])
  assert.equal(log, ['kube-scheduler 10259'])
})

test('where the kubelet does not run, no manifest is moved away', async () => {
  for (const onlyStopped of [false, true]) {
    const { log, world } = worldWith(['kube-scheduler'], {
      kubelet: 'inactive',
      files: { '/etc/kubernetes/restarting/etcd.yaml': 'x' },
    })
    const run = await rehearse(staticPodsRestart({ onlyStopped }), world)
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), 'is inactive: it does not stop or start static pods')
    assert.equal(log, [])
  }
})

/** Runs the program for a pod that listens as long as this test wants. */
const start = async (name: string, path = process.env['PATH']) => {
  place.write(`${name}/manifests/pod.yaml`, 'manifest')
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const script = sent(program, place.at(`${name}/manifests`), place.at(`${name}/away`), 'pod', port, 60)
  const child = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: place.at('.'),
    env: { ...process.env, PATH: path },
  })
  const ended = once(child, 'exit')
  return { server, child, ended }
}
const back = (name: string): boolean => existsSync(place.at(`${name}/manifests/pod.yaml`))

test('the program puts the manifest back when the pod no longer listens', async () => {
  const { server, ended } = await start('stops')
  await until(() => !back('stops'))
  assert.is(readFileSync(place.at('stops/away/pod.yaml'), 'utf8'), 'manifest')
  server.close()
  assert.is((await ended)[0], 0)
  assert.ok(back('stops'))
  assert.equal(readdirSync(place.at('stops/away')), [])
})

test('the time limit is one of the clock, however long each look takes', async () => {
  // each look takes 100 s
  place.write('slow/bin/date', '#!/bin/sh\necho 100 >>slow/looks; echo "$(wc -l <slow/looks)00"\n')
  chmodSync(place.at('slow/bin/date'), 0o755)
  const { server, ended } = await start('slow', `${place.at('slow/bin')}:${process.env['PATH']}`)
  assert.is((await ended)[0], 101)
  assert.ok(back('slow'))
  assert.is(readFileSync(place.at('slow/looks'), 'utf8'), '100\n'.repeat(2))
  server.close()
})

test('the program puts it back when it is ended, and when an earlier one was killed', async () => {
  const { server, child, ended } = await start('ended')
  await until(() => !back('ended'))
  child.kill('SIGTERM')
  assert.is((await ended)[0], 130)
  assert.ok(back('ended'))
  const killed = await start('killed')
  await until(() => !back('killed'))
  killed.child.kill('SIGKILL')
  await killed.ended
  assert.not.ok(back('killed'))
  const script = sent(program, place.at('killed/manifests'), place.at('killed/away'), 'pod', 1, 60)
  const again = spawn('sh', ['-c', script], { stdio: 'ignore' })
  assert.is((await once(again, 'exit'))[0], 0)
  assert.ok(back('killed'))
  server.close()
  killed.server.close()
})
