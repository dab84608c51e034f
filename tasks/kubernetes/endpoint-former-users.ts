import { defineTask, flag, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import type { CheckContext, Verdict } from '../../engine/index.ts'
import { addressOf } from '../network/addresses/addresses.ts'
import { counted } from '../shared/counted.ts'
import { asked } from './cluster-state/known.ts'
import { connectionsTo, hexPort, sameAs } from './endpoint/connections.ts'
import { hostMoveParams, readMove, serverOf } from './endpoint/move.ts'
import { viaOf } from './nodes/node.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { hostOf } from './kubeadm/settings.ts'

const program = shellFile(import.meta.url, 'endpoint-connections.sh')

/** Connections of a host itself to endpoints that the cluster leaves. */
const ofHost = async (ctx: CheckContext, from: readonly string[], to: string): Promise<string[]> => {
  const names = [...from, to].map(hostOf).filter((host) => addressOf(host) === undefined)
  const ports = [...new Set(from.map(hexPort))].join(' ')
  const query = ctx.remote.query({ timeout: 60, label: 'read the connections of the host' })
  const output = await query`${shellProgram(program, ports, ...new Set(names))}`.text()
  const same = sameAs(from, to, output)
  return [
    ...[...connectionsTo(from, output)].flatMap(([endpoint, count]) =>
      count === 0 || same.includes(endpoint)
        ? []
        : [`${ctx.host.name} has ${counted(count, 'connection')} to ${endpoint}`],
    ),
    ...same.map(
      (one) =>
        `connections of ${ctx.host.name} to ${one} look like those to ${to}: both lead to the same address`,
    ),
  ]
}

const env = ['containers', 'initContainers'].flatMap((kind) =>
  ['env[*].value', 'args[*]', 'command[*]'].map((field) => `{.spec.template.spec.${kind}[*].${field}}`),
)
const row = (fields: string): string =>
  `jsonpath={range .items[*]}{.kind}{"\\t"}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\t"}${fields}{"\\u0000"}{end}`

/** The ConfigMaps that move-endpoint changes itself. */
const ours = new Set(['kubeadm-config', 'kube-proxy', 'cluster-info'])

/** Whether a text has a host by itself, not as a part of another name or address. */
const mentions = (text: string, host: string): boolean => {
  const quoted = host.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`(?<![\\w.:-])${quoted}(?![\\w-]|[.:][\\da-z]*[a-z.])`, 'i').test(text)
}

/** Objects of the cluster whose text has the host of an endpoint that the cluster leaves: a pod network, for example. */
const ofCluster = async (on: CheckContext, server: string, from: readonly string[]): Promise<string[]> => {
  const hosts = [...new Set(from.map(hostOf))]
  const lists = await Promise.all([
    kubectl(
      on,
      ['get', 'daemonsets,deployments,statefulsets', '--all-namespaces', '-o', row(env.join(' '))],
      server,
    ).text(),
    kubectl(on, ['get', 'configmaps', '-n', 'kube-system', '-o', row('{.data}')], server).text(),
  ])
  return lists.flatMap((list) =>
    list.split('\0').flatMap((line) => {
      const [kind = '', namespace = '', name = '', ...rest] = line.trimStart().split('\t')
      if (ours.has(name) || kind === '') return []
      return hosts
        .filter((host) => mentions(rest.join('\t'), host))
        .map((host) => `${kind} ${namespace}/${name} names ${host}`)
    }),
  )
}

/** How many are printed; programs get all of them. */
const most = 50

/**
 * Names what still uses the former endpoint of a cluster, or is set to, beside what move-endpoint changes.
 *
 * It only informs: the former endpoint goes on. What connects from elsewhere is known to the load balancer alone.
 */
export const endpointFormerUsers = defineTask({
  name: 'endpoint-former-users',
  description:
    'Names what still uses the former endpoint of a cluster: connections of the host, and, with workloads, objects that name it, such as those of a pod network. It changes nothing.',
  reads:
    '/proc/net/tcp of the host; with workloads, the environments and arguments of DaemonSets, Deployments and StatefulSets, and ConfigMaps of kube-system',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      ...hostMoveParams(),
      workloads: flag().default(false).describe('also look at objects of the cluster'),
    }),
  title: () => 'what still uses the former endpoint',

  async check(ctx, given): Promise<Verdict<readonly string[] | undefined>> {
    const found = await asked(async () => {
      const on = await viaOf<CheckContext>(ctx, given.via)
      const { from, to } = await readMove(on, given)
      if (from.length === 0) return []
      return [
        ...(await ofHost(ctx, from, to)),
        ...(given.workloads ? await ofCluster(on, serverOf(on, given), from) : []),
      ]
    })
    // a move does not end half way because of it
    if (!found.known) return ok(undefined, { text: `not known: ${found.why}` })
    if (found.value.length === 0) return ok(found.value)
    const more = found.value.length > most ? [`and ${found.value.length - most} more`] : []
    return ok(found.value, { text: [...found.value.slice(0, most), ...more].join('\n') })
  },
})
