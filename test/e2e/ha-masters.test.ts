/**
 * The main job on real input: real kubeadm, kubelet, containerd and etcd on hosts with systemd and sshd, by both
 * strategies. Needs root; the tests build on one another in their order.
 */
import { randomInt } from 'node:crypto'
import * as assert from 'uvu/assert'
import { freshCluster } from '../support/cluster.ts'
import type { Cluster } from '../support/cluster.ts'
import { say } from '../../lab/say.ts'
import { hostsElsewhere, eventsOf, failuresOf, spawnCli, taskEnds, tasksWith } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('three masters on the lab', { seconds: 1200 })

let cluster: Cluster
test.before(async () => {
  cluster = await freshCluster('e2e')
})
test.after(() => cluster.remove())

const recapOf = (events: ReturnType<typeof eventsOf>) =>
  events.flatMap((event) => (event.type === 'run-end' ? event.recap : []))

const changesNothing = async (...words: readonly string[]): Promise<void> => {
  const again = await cluster.succeed('ha-masters', ...words)
  assert.equal(tasksWith(again, 'changed'), [])
  assert.is(recapOf(eventsOf(again)).length, 4)
}

/** What `--check` foretells is what the run then does, task by task. */
const foretells = async (...words: readonly string[]): Promise<void> => {
  const check = await cluster.succeed('ha-masters', '--check', ...words)
  const run = await cluster.succeed('ha-masters', ...words)
  assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
  assert.ok(tasksWith(run, 'changed').length > 10)
}

test('a host without kubeadm says so, and what to do', async () => {
  const words = [
    'kubeadm-init',
    'version=v1.20.2',
    'address=10.77.0.1',
    '-i',
    cluster.lab.inventory,
    '--hosts',
    'lb1',
    '--output',
    'json',
  ]
  const result = await spawnCli(words, { env: hostsElsewhere })
  assert.is(result.status, 2)
  const error = taskEnds(result)[0]?.error
  assert.is(error?.code, 'command-failed')
  assert.match(error?.hint ?? '', 'install it on the host')
})

test('--check on new hosts changes nothing', async () => {
  const check = await cluster.succeed('ha-masters', '--check')
  assert.ok(tasksWith(check, 'would change').length > 10)
  for (const host of ['m1', 'm2', 'm3']) {
    const { stdout } = await cluster.lab.exec(
      host,
      'ls /etc/coxswain /etc/kubernetes /var/lib/etcd /etc/sysctl.d/90-coxswain.conf 2>/dev/null | grep -v :',
    )
    assert.is(stdout.trim(), '', `${host} was touched`)
  }
})

test('join: the run does what --check foretold, and the cluster is whole', async () => {
  await foretells()
  await cluster.whole()
})

test('join: the second run changes nothing', () => changesNothing())

test('no key of the cluster rests where it should not, and keys are for root alone', async () => {
  for (const host of ['m1', 'm2', 'm3']) {
    const loose = await cluster.lab.exec(
      host,
      'find /etc/kubernetes /etc/coxswain -name "*.key" -not -perm 600; find /tmp /home /root -name "*.key"; find / -xdev -name ".coxswain.*" 2>/dev/null; ls /etc/coxswain',
    )
    assert.is(loose.stdout.trim(), 'kubeadm.yaml')
  }
})

test('a master that is lost comes back, though it was the first', async () => {
  await cluster.lab.exec(
    'm1',
    'kubeadm reset -f --skip-phases=remove-etcd-member; rm -rf /etc/kubernetes/* /var/lib/etcd/member /etc/cni/net.d/*; systemctl stop kubelet',
  )
  await cluster.succeed('ha-masters')
  await cluster.whole()
  await changesNothing()
})

test('a master that is down is waited for, and not made anew', async () => {
  const { stdout } = await cluster.lab.exec('m2', 'pgrep -x kube-apiserver')
  const pid = stdout.trim()
  await cluster.lab.exec('m2', `kill -STOP ${pid}`)
  const check = await cluster.succeed('ha-masters', '--check', '-l', 'm2')
  assert.equal(tasksWith(check, 'would change'), [])
  assert.equal(tasksWith(check, 'unknown').filter((task) => task.startsWith('m2: kubeadm-join')).length, 1)
  const words = ['playbooks/ha-masters.ts', '-i', cluster.lab.inventory, '--output', 'json']
  const run = await spawnCli(words, {
    env: hostsElsewhere,
    watch: (child) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        // it is waited for: now it may go on
        if (/"what":"waiting","why":"the API server of m2/.test(chunk.toString()))
          void cluster.lab.exec('m2', `kill -CONT ${pid}`)
      })
    },
  })
  assert.is(run.status, 0, failuresOf(run))
  assert.equal(tasksWith(run, 'changed'), [])
})

test('reset takes it apart, and a second reset finds nothing', async () => {
  await cluster.succeed('reset')
  for (const host of ['m1', 'm2', 'm3']) {
    const left = await cluster.lab.exec(
      host,
      'ls -A /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd /etc/cni/net.d 2>/dev/null | grep -v : ; pgrep -a "kube-|etcd"',
    )
    assert.is(left.stdout.trim(), '', `left on ${host}`)
  }
  const again = await cluster.succeed('reset')
  assert.equal(tasksWith(again, 'changed'), [])
})

test('phases: the run does what --check foretold, and the cluster is whole', async () => {
  await foretells('-e', 'strategy=phases')
  await cluster.whole()
})

test('phases: the second run changes nothing', () => changesNothing('-e', 'strategy=phases'))

for (const strategy of ['join', 'phases']) {
  test(`${strategy}: killed at a random moment, the next run makes the cluster whole`, async () => {
    await cluster.succeed('reset')
    const seconds = randomInt(8, 75)
    const words = ['-i', cluster.lab.inventory, '--output', 'json', '-e', `strategy=${strategy}`]
    let began = ''
    await spawnCli(['playbooks/ha-masters.ts', ...words], {
      env: hostsElsewhere,
      watch: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          const starts = [...chunk.toString().matchAll(/"type":"task-start".*?"title":"([^"]*)"/g)]
          began = starts.at(-1)?.[1] ?? began
        })
        setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
      },
    })
    say(`killed after ${seconds} s, in: ${began}`)
    await cluster.succeed('ha-masters', '-e', `strategy=${strategy}`)
    await cluster.whole()
    await changesNothing('-e', `strategy=${strategy}`)
  })
}
