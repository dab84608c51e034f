import { z } from '../../../engine/index.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'
import { editYaml } from '../kubeadm/yaml.ts'
import { asList } from './arguments.ts'

/** The part of a ClusterConfiguration that has etcd's arguments as a list. */
const withList = z.object({
  etcd: z.object({
    local: z.object({ extraArgs: z.array(z.object({ name: z.string(), value: z.string() })) }),
  }),
})

/**
 * A kubeadm configuration with the etcd members that the new member joins, for kubeadm's etcd phase: etcd refuses to start
 * with a different number of members. Use it for that one command only: if these arguments were kept, kubeadm would upload
 * them, and every later control-plane node would inherit them (kubeadm issue 1468).
 *
 * @param cluster `name=url,…` for etcd's --initial-cluster.
 */
export const withInitialCluster = (
  text: string,
  cluster: string,
  { argumentsAs }: Pick<ReleaseFacts, 'argumentsAs'>,
): string => {
  const joining = { 'initial-cluster': cluster, 'initial-cluster-state': 'existing' }
  return editYaml(text, (document) => {
    const kind = document.get('kind')
    if (kind !== 'ClusterConfiguration' && kind !== 'MasterConfiguration') return
    const path = ['etcd', 'local', 'extraArgs']
    if (argumentsAs === 'list') {
      const { data } = withList.safeParse(document.toJS())
      const others = (data?.etcd.local.extraArgs ?? []).filter(({ name }) => !(name in joining))
      document.setIn(path, [...others, ...asList(joining)])
      return
    }
    for (const [name, value] of Object.entries(joining)) document.setIn([...path, name], value)
  })
}
