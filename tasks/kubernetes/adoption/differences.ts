/** Where a cluster differs from settings that were read from it: what ha-masters would name is named here, by the same comparison. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { Change, CheckContext } from '../../../engine/index.ts'
import { apiServerNamesOf, differencesFrom } from '../config/rendered.ts'
import { missingApiNames } from '../kubeadm/certificates.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { configMapChanges } from '../reconfigure/config-maps.ts'
import { isOtherEtcdTag, settingChange } from '../reconfigure/differences.ts'
import { comparability } from '../reconfigure/kubeadm-files.ts'
import { changeInWords, masterFiles } from '../reconfigure/master-files.ts'
import { nodeDifferences } from '../reconfigure/node-differences.ts'
import { changeWithReason, fixedOf } from '../reconfigure/refuse-fixed.ts'
import { withoutReported } from '../reconfigure/reported-address.ts'

const way =
  'no variable says it for all masters: to keep it, set it in the variables, in kubeadm_config_merge, or as a patch of kubeadm (patches); playbooks/reconfigure.ts makes it what kubeadm writes'

/** Whether a change is one of a volume of a static pod. */
export const isOfVolume = (what: string): boolean => /^(volumes|volumeMounts)(\.| of )/.test(what)

const volumeWay =
  'write it into extraVolumes of this program in the variables, together with the arguments that name its files: playbooks/reconfigure.ts would take it away'

const ofChange = (subject: string, change: Change): Finding => {
  if (fixedOf([change]).length === 0)
    return finding(subject, 'fault', changeInWords(change), isOfVolume(change.what) ? volumeWay : way)
  const [what = '', ...why] = changeWithReason(change).split(': it is not changed')
  return finding(subject, 'fault', what, `it is not changed${why.join('')}`)
}

/** What to do about a cluster that was made without an endpoint: move-endpoint needs one to move from. */
const withoutEndpoint =
  'masters that join need one: make certificates of the API servers with its name (kubeadm init phase certs apiserver), set controlPlaneEndpoint in the ConfigMap kubeadm-config by hand, and run again'

/** Where the configuration that the cluster keeps differs. */
export const keptDifferences = async (
  ctx: CheckContext,
  living: Document,
  config: HostConfig,
): Promise<Finding[]> => {
  const server = ownServer(config.self.address, config.cluster.bindPort)
  const { kubelet, kubeProxy } = await configMapChanges(ctx, config, server)
  return [
    ...differencesFrom(living, config).map(({ setting, cluster, configured, way: how }) =>
      finding(
        'cluster',
        'fault',
        `kubeadm-config has another value: ${changeInWords(settingChange(setting, cluster, configured))}`,
        setting === 'control_plane_endpoint' && cluster === undefined ? withoutEndpoint : how,
      ),
    ),
    ...[...kubelet, ...kubeProxy].map((change) => ofChange('cluster', change)),
  ]
}

/** Where the files of a master differ from what kubeadm would write, and what it was made with. */
export const masterDifferences = async (ctx: CheckContext, config: HostConfig): Promise<Finding[]> => {
  const { cluster, self } = config
  const [files, node, lacking, how] = await Promise.all([
    masterFiles(ctx, config),
    nodeDifferences(ctx, config),
    missingApiNames(ctx, { address: self.address, apiNames: apiServerNamesOf(config) }),
    comparability(ctx, cluster.kubernetesVersion),
  ])
  const found = await withoutReported(
    ctx,
    config,
    files.flatMap((file) => file.changes),
  )
  const isCompared = how.by === 'dry run' || cluster.etcd?.imageTag !== undefined
  const { name } = ctx.host
  return [
    ...found
      .filter((change) => isCompared || !isOtherEtcdTag(change))
      .map((change) => ofChange(name, change)),
    ...node.map((change) => finding(name, 'fault', changeInWords(change), change.way)),
    ...lacking.map((one) =>
      finding(
        name,
        'warning',
        `the certificate of its API server lacks ${one}, which the configuration of the cluster has`,
        'ha-masters makes a new certificate with it; the API server reads it within a minute',
      ),
    ),
  ]
}
