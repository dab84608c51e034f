import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { cacheFolder } from '../../lab/machine.ts'
import { down, up } from '../../lab/lab.ts'
import type { LabHost } from '../../lab/hosts.ts'
import type { Lab, LabOptions } from '../../lab/types.ts'
import { failuresOf, hostsElsewhere, spawnCli } from './run-cli.ts'
import type { CliResult } from './run-cli.ts'

/** A lab for the end-to-end tests, and queries of its cluster. */
export interface Cluster {
  readonly lab: Lab
  play(playbook: string, ...words: readonly string[]): Promise<CliResult>
  /** Like `play`, but the exit status must be 0. */
  succeed(playbook: string, ...words: readonly string[]): Promise<CliResult>
  /** Runs a command on a host, which must succeed; returns its output. */
  on(host: string, command: string): Promise<string>
  /** `name=Ready` of each node. */
  nodes(on?: string): Promise<string[]>
  /** `name started|unstarted` of each etcd member. */
  members(on?: string): Promise<string[]>
  /** Asserts that each master sees all masters ready, and all members started and healthy. */
  assertHealthy(): Promise<void>
  /** Asserts that a pod on each node gets an answer from the DNS of the cluster. Needs flannel and CoreDNS. */
  assertDnsAnswers(): Promise<void>
  remove(): Promise<void>
}

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'

/** etcdctl in the etcd pod of a host, which listens on the loopback address of its own family: the hosts do not have it. */
const etcdctlIn = ({ name, address }: Pick<LabHost, 'name' | 'address'>, words: string): string =>
  `${kubectl} -n kube-system exec etcd-${name} -- etcdctl --endpoints=https://${address.includes(':') ? '[::1]' : '127.0.0.1'}:2379 ` +
  `--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key ${words}`

/** A pod on a node that asks the DNS of the cluster for a service, with the busybox of flannel's image. */
const dnsPod = (node: string, image: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `dns-${node}` },
    spec: {
      nodeName: node,
      restartPolicy: 'OnFailure',
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'ask',
          image,
          imagePullPolicy: 'Never',
          command: ['/bin/busybox', 'nslookup', 'kubernetes.default.svc.cluster.local'],
        },
      ],
    },
  })

/** What the hosts of a cluster are. */
export type ClusterOptions = Pick<LabOptions, 'containerd' | 'network' | 'workers'> & {
  readonly masters?: number
}

/** Starts the lab with new hosts for a minor release of Kubernetes, named m1 and so on. */
export const freshCluster = async (
  name: string,
  kubernetes: string,
  { masters = 3, ...kind }: ClusterOptions = {},
): Promise<Cluster> => {
  const names = Array.from({ length: masters }, (_, index) => `m${index + 1}`)
  const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
  const lab = await up({ name, masters, plain: 0, inventory, fresh: true, kubernetes, ...kind })
  const etcdctl = (on: string, words: string): string => {
    const host = lab.hosts.find(({ name: own }) => own === on)
    assert.ok(host, on)
    return etcdctlIn(host ?? { name: on, address: '' }, words)
  }
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
    on: async (host, command) => {
      const { code, stdout, stderr } = await lab.exec(host, command)
      assert.is(code, 0, `${host}: ${command}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`)
      return stdout.trim()
    },
    nodes: (on = 'm1') =>
      ask(
        on,
        `${kubectl} get nodes -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'`,
      ),
    members: async (on = 'm1') =>
      (await ask(on, etcdctl(on, 'member list')))
        .map((line) => `${line.split(', ')[2]} ${line.split(', ')[1]}`)
        .toSorted(),
    assertHealthy: async () => {
      for (const host of names) {
        assert.equal(
          // workers are there in some tests
          (await cluster.nodes(host)).filter((node) => names.includes(node.replace(/=.*/, ''))),
          names.map((node) => `${node}=True`),
          `masters seen from ${host}`,
        )
        assert.equal(
          await cluster.members(host),
          names.map((member) => `${member} started`),
          `members seen from ${host}`,
        )
        const health = await lab.exec(host, etcdctl(host, 'endpoint health --cluster'))
        assert.is(health.code, 0, health.stderr)
      }
    },
    assertDnsAnswers: async () => {
      const [image = ''] = await ask(
        'm1',
        `${kubectl} -n kube-flannel get ds kube-flannel-ds -o 'jsonpath={.spec.template.spec.containers[0].image}'`,
      )
      for (const node of names) {
        await ask('m1', `echo '${dnsPod(node, image)}' | ${kubectl} apply -f -`)
        const wait = `${kubectl.replace('=20s', '=0')} wait --for=jsonpath={.status.phase}=Succeeded --timeout=90s`
        await ask('m1', `${wait} pod/dns-${node} || { ${kubectl} logs dns-${node} >&2; exit 1; }`)
        const service = kind.network === 'ipv6' ? /Address.*fd00:10:96::1\b/ : /Address.*\b10\.96\.0\.1\b/
        assert.match((await ask('m1', `${kubectl} logs dns-${node}`)).join('\n'), service)
        await ask('m1', `${kubectl} delete pod dns-${node} --now`)
      }
    },
    remove: () => down(name),
  }
  return cluster
}
