/** The commands of kubeadm that each minor release gets, by both strategies. */
import { execFileSync } from 'node:child_process'
import type { Task } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import type { ScriptedFile, World } from '../../../../engine/testing.ts'
import { etcdMemberAdd } from '../../../../tasks/kubernetes/etcd-member-add.ts'
import { sharedFiles } from '../../../../tasks/kubernetes/kubeadm/certificates.ts'
import { factsOf } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { kubeadmInit } from '../../../../tasks/kubernetes/kubeadm-init.ts'
import { kubeadmJoin } from '../../../../tasks/kubernetes/kubeadm-join.ts'
import { kubeadmPhase } from '../../../../tasks/kubernetes/kubeadm-phase.ts'
import { etcdCluster } from '../etcd-world.ts'
import { finish, healthz, readyz } from '../master-world.ts'

const renewed = '/var/lib/kubelet/pki/kubelet-client-current.pem'

/** An authority, whose key is not kept. */
const authority = (): string =>
  execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=kubernetes'.split(
      ' ',
    ),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

const leader = { name: 'm1', url: 'https://192.0.2.11:2380' }
const joiner = { name: 'm2', url: 'https://192.0.2.12:2380' }

/** A host on which each command of kubeadm does all that kubeadm does, and the leader. */
const worldOf = (version: string, ca: string): World => {
  const { patterns: etcd, members } = etcdCluster([leader])
  let done = false
  const finished = (files: Map<string, ScriptedFile>): string => {
    done = true
    finish(files)
    for (const name of ['controller-manager', 'scheduler'])
      files.set(`/etc/kubernetes/${name}.conf`, { content: 'x' })
    files.set('/var/lib/kubelet/kubeadm-flags.env', { content: 'x' })
    files.set('/etc/kubernetes/kubelet.conf', { content: `client-certificate: ${renewed}` })
    const own = members.find(({ url }) => url === joiner.url)
    if (own === undefined) members.push({ ...joiner })
    else own.name = joiner.name
    return ''
  }
  const label = factsOf(version)
    .labels.map((name) => `"${name}":""`)
    .join(',')
  const onLeader: World = {
    files: Object.fromEntries(sharedFiles.map((path) => [path, path.endsWith('/pki/ca.crt') ? ca : 'x'])),
    patterns: [
      [/token create/, 'abcdef.0123456789abcdef\n'],
      [/token delete/, ''],
      [/get node m2 --ignore-not-found/, ''],
      ...etcd,
    ],
  }
  return {
    files: { '/etc/kubernetes/pki/ca.crt': ca, [renewed]: 'x' },
    replies: { 'kubeadm version -o short': version },
    patterns: [
      readyz(),
      healthz,
      [/^systemctl is-active kubelet$/, () => (done ? 'active' : 'inactive')],
      [/127\.0\.0\.1:10248\/healthz$/, 'ok'],
      [/get node m2 -o 'jsonpath=\{\.metadata\.labels/, () => (done ? `{${label}}` : '{}')],
      [/get node m2 -o 'jsonpath=\{\.metadata\.annotations/, () => (done ? 'socket' : '')],
      [/get node m2$/, 'm2'],
      [/get configmap kubeadm-config .*jsonpath/, `kubernetesVersion: ${version}\n`],
      [/get configmap\/(kubeadm-config|cluster-info)/, ''],
      [/^systemctl restart kubelet$/, ''],
      [/^kubeadm /, (_, files) => finished(files)],
      ...etcd,
    ],
    others: { m1: onLeader },
  }
}

/** The commands of a task that are those of kubeadm, or about its kubelet. */
const commandsOf = async (task: Task, world: World): Promise<string[]> => {
  const { commands, error } = await rehearse(task, world)
  const own = commands.apply.filter((command) => /^(kubeadm|systemctl) /.test(command))
  // that the certificates of `certs all` are not real ones is found after it has run
  if (error !== undefined && own.length === 0) throw error
  return own
}

/** The tasks of the main playbook that run kubeadm, by strategy and host. */
const tasksOf = (version: string): readonly (readonly [string, readonly Task[]])[] => {
  const api = { version, address: '192.0.2.12' }
  const phase = (name: Parameters<typeof kubeadmPhase>[0]['phase']): Task =>
    kubeadmPhase({ ...api, phase: name, node: 'm2' })
  const joins = kubeadmJoin({ ...api, name: 'm2', via: 'm1', endpoint: '192.0.2.10:6443', patience: 0 })
  return [
    ['both strategies, m1', [kubeadmInit({ version, address: '192.0.2.11' })]],
    ['strategy join, m2', factsOf(version).joinsControlPlanes ? [joins] : []],
    [
      'strategy phases, m2',
      [
        phase('certs all'),
        phase('kubeconfig kubelet'),
        phase('kubelet-start'),
        etcdMemberAdd({ ...api, name: 'm2', via: 'm1', patience: 0 }),
        phase('kubeconfig all'),
        phase('control-plane all'),
        phase('mark-control-plane'),
        phase('upload-config kubelet'),
        phase('kubelet-finalize all'),
      ],
    ],
  ]
}

/** The commands of a release as text, one a line below the name of the strategy and the host. */
export const goldenCommands = async (minor: number): Promise<string> => {
  const version = `v1.${minor}.0`
  const ca = authority()
  const lines: string[] = []
  for (const [title, tasks] of tasksOf(version)) {
    lines.push(`# ${title}`)
    for (const task of tasks) lines.push(...(await commandsOf(task, worldOf(version, ca))))
    lines.push('')
  }
  return lines.join('\n')
}
