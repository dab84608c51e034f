import { defineTask, driftUnlessEmpty, duration, portNumber, z } from '../../engine/index.ts'
import { asked, valueOf } from './cluster-state/known.ts'
import { readNodes, readReadiness } from './cluster-state/read-api.ts'
import { etcdProblems } from './etcd/health.ts'
import { listMembers } from './etcd/members.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { manifest } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'

/** Waits until a control plane is complete: the condition for taking the next node away. */
export const controlPlaneReady = defineTask({
  name: 'control-plane-ready',
  description:
    'Waits until every API server of a control plane is ready, every member of etcd is healthy, and the nodes of the control plane are Ready.',
  reads: '/readyz of the API servers, the members of etcd and their health, and the nodes',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      masters: z.array(masterSchema).min(1).describe('the control-plane nodes'),
      port: portNumber().default(6443).describe('the port of the API servers'),
      timeout: duration({ zero: true }).default(300).describe('seconds to wait'),
    }),
  title: () => 'the control plane is complete',
  until: ({ timeout }) => ({ timeout, every: 2 }),
  explain: explainControlPlane,

  async check(ctx, { masters, port }) {
    const urls = masters.map(({ address }) => `${ownServer(address, port)}/readyz`)
    const own = masters.find(({ name }) => name === ctx.host.name) ?? masters[0]
    const [answers, stacked] = await Promise.all([
      readReadiness(ctx, urls),
      ctx.remote.exists(manifest('etcd')),
    ])
    const silent = masters.flatMap(({ name }, index) => {
      const answer = answers.get(urls[index] ?? '')
      const ready = answer !== undefined && valueOf(answer)?.state === 'ready'
      return ready ? [] : [`the API server of ${name} is not ready`]
    })
    if (silent.length > 0) return driftUnlessEmpty(silent)
    const members = stacked ? await listMembers(ctx) : undefined
    const problems = stacked ? await etcdProblems(ctx, members) : []
    const count =
      members !== undefined && members.length !== masters.length
        ? [`etcd has ${members.length} members, not ${masters.length}`]
        : []
    const nodes = await asked(() => readNodes(ctx, ownServer(own?.address ?? '', port)))
    const away = nodes.known
      ? masters.flatMap(({ name }) =>
          nodes.value.some((node) => node.name === name && node.ready) ? [] : [`node ${name} is not Ready`],
        )
      : [nodes.why]
    return driftUnlessEmpty([...count, ...problems, ...away])
  },
})
