import { editYaml } from '../kubeadm/yaml.ts'

/**
 * A master's configuration with the members that its etcd shall find, as kubeadm's etcd phase wants to be told: etcd
 * refuses to start with any other count. Only for that one command: were these arguments kept, they would be uploaded
 * and every later master would inherit them (kubeadm issue 1468).
 *
 * @param cluster `name=url,…`, as etcd's --initial-cluster takes it.
 */
export const joiningConfig = (text: string, cluster: string): string => {
  const joining = { 'initial-cluster': cluster, 'initial-cluster-state': 'existing' }
  return editYaml(text, (document) => {
    const kind = document.get('kind')
    if (kind !== 'ClusterConfiguration' && kind !== 'MasterConfiguration') return
    const path = ['etcd', 'local', 'extraArgs']
    // from v1beta4 on the arguments are a list of names and values
    const asList = String(document.get('apiVersion')).endsWith('/v1beta4')
    if (asList) {
      document.setIn(
        path,
        Object.entries(joining).map(([name, value]) => ({ name, value })),
      )
      return
    }
    for (const [name, value] of Object.entries(joining)) document.setIn([...path, name], value)
  })
}
