import { defineTask, ok } from '../../engine/index.ts'
import { refuseUnaccepted } from './kubeadm/judge-config.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { configFits } from './config/refused.ts'
import { refuseFixed } from './reconfigure/refuse-fixed.ts'
import { changeInWords, masterFiles } from './reconfigure/master-files.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { refuseNodeDifferences } from './reconfigure/node-differences.ts'
import { requireComparable } from './reconfigure/require-comparable.ts'

/** Says what the configuration would change on a control-plane node. */
export const reconfigurePlan = defineTask({
  name: 'reconfigure-plan',
  description:
    'Says what the configuration would change in the static pods and the kubelet of a control-plane node, and fails if kubeadm does not accept it.',
  reads:
    'the manifests of the static pods, the configuration of the kubelet, and what kubeadm would write; v1.31 and later',
  example: exampleConfig,
  params: () => hostConfigSchema.superRefine(configFits),
  title: () => 'what is to be changed',

  async check(ctx, given) {
    await requireComparable(ctx, given.cluster.kubernetesVersion)
    await refuseUnaccepted(ctx, given)
    await refuseNodeDifferences(ctx, given)
    const changes = (await masterFiles(ctx, given)).flatMap((file) => file.changes)
    refuseFixed(ctx.host.name, changes)
    return ok(changes, { text: changes.map(changeInWords).join('\n') || 'nothing' })
  },
})
