import { playbook } from 'coxswain'
import { controlPlaneVars } from './control-plane-vars.ts'
import haMasters from './ha-masters.ts'
import { removal } from './remove-master.ts'
import { oneCluster } from './one-cluster.ts'

export default playbook({
  name: 'replace-master',
  description:
    'Removes the masters of the group removed_masters, and lets the new ones of the group masters join.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: () => [removal, haMasters],
})
