import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { cacheFolder } from '../../lab/machine.ts'
import { down, up } from '../../lab/lab.ts'
import type { Lab } from '../../lab/types.ts'
import { failuresOf, hostsElsewhere, spawnCli } from './run-cli.ts'
import type { CliResult } from './run-cli.ts'

/** A lab for the end-to-end tests, and what can be asked of the cluster in it. */
export interface Cluster {
  readonly lab: Lab
  play(playbook: string, ...words: readonly string[]): Promise<CliResult>
  /** As `play`, and it must end with 0. */
  succeed(playbook: string, ...words: readonly string[]): Promise<CliResult>
  /** `name=Ready` of each node. */
  nodes(on?: string): Promise<string[]>
  /** `name started|unstarted` of each etcd member. */
  members(on?: string): Promise<string[]>
  /** Asserts that three masters are ready and three members started and healthy, seen from every one of them. */
  whole(): Promise<void>
  remove(): Promise<void>
}

const etcdctl =
  'ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt ' +
  '--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'

/** Brings the lab up with new hosts. */
export const freshCluster = async (name: string): Promise<Cluster> => {
  const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
  const lab = await up({ name, masters: 3, plain: 0, inventory, fresh: true })
  const ask = async (host: string, command: string): Promise<string[]> => {
    const { code, stdout, stderr } = await lab.exec(host, command)
    assert.is(code, 0, `${host}: ${command}\n${stderr}`)
    return stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '')
  }
  const cluster: Cluster = {
    lab,
    play: (playbook, ...words) =>
      spawnCli([`playbooks/${playbook}.ts`, '-i', inventory, '--output', 'json', ...words], {
        env: hostsElsewhere,
      }),
    succeed: async (playbook, ...words) => {
      const result = await cluster.play(playbook, ...words)
      assert.is(result.status, 0, failuresOf(result))
      return result
    },
    nodes: (on = 'm1') =>
      ask(
        on,
        `${kubectl} get nodes -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'`,
      ),
    members: async (on = 'm1') =>
      (await ask(on, `${etcdctl} member list`))
        .map((line) => `${line.split(', ')[2]} ${line.split(', ')[1]}`)
        .toSorted(),
    whole: async () => {
      for (const host of ['m1', 'm2', 'm3']) {
        assert.equal(await cluster.nodes(host), ['m1=True', 'm2=True', 'm3=True'], `nodes seen from ${host}`)
        assert.equal(
          await cluster.members(host),
          ['m1 started', 'm2 started', 'm3 started'],
          `members seen from ${host}`,
        )
        const health = await lab.exec(host, `${etcdctl} endpoint health --cluster`)
        assert.is(health.code, 0, health.stderr)
      }
    },
    remove: () => down(name),
  }
  return cluster
}
