/**
 * The tests of the main playbook with real kubeadm, kubelet, containerd and etcd on hosts with systemd and sshd, with both
 * strategies, for one release of Kubernetes. Needs root; the tests depend on each other in their order.
 */
import { randomInt } from 'node:crypto'
import * as assert from 'uvu/assert'
import { freshCluster } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { say } from '../../lab/say.ts'
import { hostsElsewhere, eventsOf, failuresOf, spawnCli, taskEnds, tasksWith } from './run-cli.ts'
import { suite } from './spec.ts'

const recapOf = (events: ReturnType<typeof eventsOf>) =>
  events.flatMap((event) => (event.type === 'run-end' ? event.recap : []))

interface HaMastersOptions {
  /** The minor release, such as `1.37`. */
  readonly release: string
  /** Strategies that are killed at a random time. */
  readonly killed: readonly string[]
}

/** Adds the tests for one release. */
export const testHaMasters = ({ release, killed }: HaMastersOptions): void => {
  const test = suite(`three masters of Kubernetes ${release}`, { seconds: 1800 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('e2e', release)
  })
  test.after(() => cluster.remove())

  const changesNothing = async (...words: readonly string[]): Promise<void> => {
    const again = await cluster.succeed('ha-masters', ...words)
    assert.equal(tasksWith(again, 'changed'), [])
    assert.is(recapOf(eventsOf(again)).length, 4)
  }

  /** The run does what `--check` predicted, task by task. */
  const predicts = async (...words: readonly string[]): Promise<void> => {
    const check = await cluster.succeed('ha-masters', '--check', ...words)
    const run = await cluster.succeed('ha-masters', ...words)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.ok(tasksWith(run, 'changed').length > 10)
  }

  test('a host without kubeadm is reported, with what to do', async () => {
    const words = [
      'kubeadm-init',
      `version=${cluster.lab.kubernetes}`,
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

  test('join: the run does what --check predicted, and the cluster is healthy', async () => {
    await predicts()
    await cluster.assertHealthy()
  })

  test('join: the second run changes nothing', () => changesNothing())

  if (release !== '1.20')
    test('pods on every node get answers from CoreDNS', () => cluster.assertDnsAnswers())

  test('no key of the cluster is stored elsewhere, and keys are readable by root only', async () => {
    for (const host of ['m1', 'm2', 'm3']) {
      const loose = await cluster.lab.exec(
        host,
        'find /etc/kubernetes /etc/coxswain -name "*.key" -not -perm 600; find /tmp /home /root -name "*.key"; find / -xdev -name ".coxswain.*" 2>/dev/null; ls /etc/coxswain',
      )
      assert.is(loose.stdout.trim(), 'kubeadm.yaml')
    }
  })

  test("etcd's pods do not request disk space, which a kubelet that starts can refuse", async () => {
    for (const host of ['m1', 'm2', 'm3']) {
      const found = await cluster.lab.exec(
        host,
        'grep -c ephemeral-storage /etc/kubernetes/manifests/etcd.yaml',
      )
      assert.is(found.stdout.trim(), '0', host)
    }
  })

  test('an alarm of etcd is named, and cleared', async () => {
    const etcd = async (path: string, body: object): Promise<string> => {
      const files = '--cacert ca.crt --cert healthcheck-client.crt --key healthcheck-client.key'
      const { stdout } = await cluster.lab.exec(
        'm1',
        `cd /etc/kubernetes/pki/etcd && curl -sSf ${files} -d '${JSON.stringify(body)}' https://127.0.0.1:2379/v3/${path}`,
      )
      return stdout
    }
    const [, memberID = ''] = /"ID":"(\d+)", ?"name":"m2"/.exec(await etcd('cluster/member/list', {})) ?? []
    await etcd('maintenance/alarm', { action: 'ACTIVATE', memberID, alarm: 'NOSPACE' })
    const task = (...words: readonly string[]) =>
      spawnCli([...words, '-i', cluster.lab.inventory, '--hosts', 'm1', '--output', 'json'], {
        env: hostsElsewhere,
      })
    const healthy = await task('etcd-healthy', 'members=3')
    assert.match(taskEnds(healthy)[0]?.error?.message ?? '', 'etcd member m2 at https://')
    assert.match(taskEnds(healthy)[0]?.error?.message ?? '', 'has raised the alarm NOSPACE')
    const cleared = await task('etcd-alarm-clear', 'alarm=NOSPACE')
    assert.is(cleared.status, 0, failuresOf(cleared))
    assert.is(tasksWith(cleared, 'changed').length, 1)
    assert.equal(tasksWith(await task('etcd-alarm-clear', 'alarm=NOSPACE'), 'changed'), [])
    await cluster.assertHealthy()
  })

  test('a lost control-plane node is rebuilt, although it was the first', async () => {
    await cluster.lab.exec(
      'm1',
      'kubeadm reset -f --skip-phases=remove-etcd-member; rm -rf /etc/kubernetes/* /var/lib/etcd/member /etc/cni/net.d/* /var/lib/cni; systemctl stop kubelet; for link in cni0 flannel.1; do ip link delete $link; done; true',
    )
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
    await changesNothing()
  })

  test('a control-plane node that is down is waited for, and not rebuilt', async () => {
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
          // the task is waiting: start it again now
          if (/"what":"waiting","why":"the API server of m2/.test(chunk.toString()))
            void cluster.lab.exec('m2', `kill -CONT ${pid}`)
        })
      },
    })
    assert.is(run.status, 0, failuresOf(run))
    assert.equal(tasksWith(run, 'changed'), [])
  })

  test('reset removes the cluster, and a second reset changes nothing', async () => {
    await cluster.succeed('reset')
    for (const host of ['m1', 'm2', 'm3']) {
      const left = await cluster.lab.exec(
        host,
        // a network that a package of the host has brought, such as podman's, stays
        'find /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd /etc/cni/net.d -mindepth 1 2>/dev/null | while IFS= read -r file; do dpkg -S "$file" >/dev/null 2>&1 || echo "$file"; done; pgrep -a "kube-|etcd"',
      )
      assert.is(left.stdout.trim(), '', `left on ${host}`)
    }
    const again = await cluster.succeed('reset')
    assert.equal(tasksWith(again, 'changed'), [])
  })

  test('phases: the run does what --check predicted, and the cluster is healthy', async () => {
    await predicts('-e', 'strategy=phases')
    await cluster.assertHealthy()
  })

  test('phases: the second run changes nothing', () => changesNothing('-e', 'strategy=phases'))

  for (const strategy of killed) {
    test(`${strategy}: killed at a random time, the next run completes the cluster`, async () => {
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
      await cluster.assertHealthy()
      await changesNothing('-e', `strategy=${strategy}`)
    })
  }
}
