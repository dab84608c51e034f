import { CoxswainError, defineTask, ok, portNumber, z } from '../../engine/index.ts'
import type { CheckContext, Verdict } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { asked } from './cluster-state/known.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { shortFingerprint } from './rotation/bundle.ts'
import { rotationOf } from './rotation/rotation.ts'
import { authorityAnnotation } from './workloads-restart.ts'

/** A pod that was started before the new authority was published, and that Kubernetes does not replace. */
interface Pod {
  readonly namespace: string
  readonly name: string
  /** What has made it, such as `Job backup`; empty for one that nothing makes again. */
  readonly owner: string
}

const fields = [
  '.metadata.namespace',
  '.metadata.name',
  '.status.phase',
  `.metadata.annotations.${authorityAnnotation}`,
  // a static pod reads the files of its host
  String.raw`.metadata.annotations.kubernetes\.io/config\.mirror`,
  '.metadata.ownerReferences[0].kind',
  '.metadata.ownerReferences[0].name',
  // what a pod knows the authority by: a ConfigMap beside its token, or, before v1.21, the Secret of the token
  '.spec.volumes[*].projected.sources[*].configMap.name',
  '.spec.volumes[*].secret.secretName',
]
const path = `jsonpath={range .items[*]}${fields.map((field) => `{${field}}`).join('{"\\t"}')}{"\\n"}{end}`

// their rows are not needed, and those of many Jobs could exceed the limit of an answer
const unended = 'status.phase!=Succeeded,status.phase!=Failed'

const list = async (ctx: CheckContext, server: string, wanted: string): Promise<Pod[]> => {
  const words = ['get', 'pods', '--all-namespaces', '--field-selector', unended, '-o', path]
  const command = kubectl(ctx, words, server)
  const { ok: listed, stderr } = await command.result()
  if (!listed) throw new CoxswainError('task-failed', `cannot list the pods: ${stderr.trim().slice(0, 300)}`)
  // not of the result, which is cut off at the limit
  const text = await command.text()
  return text
    .split('\n')
    .filter(Boolean)
    .flatMap((line): Pod[] => {
      const [
        namespace = '',
        name = '',
        phase,
        authority,
        mirror,
        kind = '',
        owner = '',
        maps = '',
        secrets = '',
      ] = line.split('\t')
      const ended = phase === 'Succeeded' || phase === 'Failed'
      const reads = maps.split(' ').includes('kube-root-ca.crt') || /-token-\w{5}(\s|$)/.test(secrets)
      if (ended || !reads || mirror !== '' || authority === wanted) return []
      return [{ namespace, name, owner: `${kind} ${owner}`.trim() }]
    })
}

const shown = ({ namespace, name, owner }: Pod): string =>
  `pod ${namespace}/${name}: ${owner === '' ? 'nothing makes it again' : `made by ${owner}`}`

/** How many are printed; programs get all of them. */
const most = 100

/**
 * Names the pods that know the former authority alone, after workloads-restart.
 *
 * Those are of DaemonSets and StatefulSets with OnDelete, of paused Deployments, of Jobs and other controllers, bare ones, and those of
 * namespaces that were left out. One that has started since the new authority was published is named, too, if it does not have the annotation.
 * Where the pods cannot be listed, the value is undefined, and the text says why.
 */
export const podsWithoutAuthority = defineTask({
  name: 'pods-without-authority',
  description:
    'Names the pods that were not replaced since a new authority of the cluster is published: they do not trust API servers with new certificates until they are started again.',
  reads: 'the pods, by kubectl, and the replacement in /etc/coxswain/rotate-ca',
  example: { address: '10.0.0.11' },
  params: () =>
    z.object({
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: () => 'pods that know the former authority alone',

  async check(ctx, { address, port }): Promise<Verdict<readonly Pod[] | undefined>> {
    const rotation = await rotationOf(ctx, 'cluster')
    // before both are trusted, no pod knows the new one; once it is alone, this has been said
    if (rotation === undefined || rotation.stage === 'former' || rotation.stage === 'new')
      return ok<Pod[]>([])
    const found = await asked(() => list(ctx, ownServer(address, port), shortFingerprint(rotation.next)))
    // it only informs: a rotation does not end half way because of it
    if (!found.known) return ok(undefined, { text: `not known: ${found.why}` })
    const pods = found.value
    if (pods.length === 0) return ok(pods)
    const text = [
      `${counted(pods.length, 'pod')} must be started again before the former authority is not trusted any more, if they ask an API server:`,
      ...pods.slice(0, most).map(shown),
      ...(pods.length > most ? [`and ${pods.length - most} more`] : []),
    ].join('\n')
    return ok(pods, { text })
  },
})
