/** The variables that the hosts of a lab need. */
import * as assert from 'uvu/assert'
import { controlPlaneVars } from '../../playbooks/control-plane-vars.ts'
import { isCurrent, kubernetesVariables } from '../../lab/inventory.ts'
import { suite } from '../support/spec.ts'

const test = suite('the inventory of a lab')

const bundleOf = (version: string) => ({ folder: '/bundle', version, cni: '/bundle/kube-flannel.yml' })

test('the playbooks accept the variables of each kind of host', () => {
  for (const version of ['v1.20.2', 'v1.34.4', 'v1.37.3'])
    for (const cgroupV1 of [true, false]) {
      const variables = kubernetesVariables(bundleOf(version), cgroupV1)
      const { success, error } = controlPlaneVars.safeParse({
        control_plane_endpoint: '10.77.1.10:6443',
        ...variables,
      })
      assert.ok(success, `${version}: ${String(error)}`)
    }
})

test('current Kubernetes has no variable that only an old one or cgroup v1 needs', () => {
  const v2 = kubernetesVariables(bundleOf('v1.37.2'), false)
  assert.not('ignore_preflight_errors' in v2)
  assert.not('skip_phases' in v2)
  assert.is(v2['cni_manifest'], '/bundle/kube-flannel.yml')
  assert.not(JSON.stringify(v2).includes('failCgroupV1'))
  const v1 = kubernetesVariables(bundleOf('v1.37.2'), true)
  assert.equal(v1['ignore_preflight_errors'], ['SystemVerification'])
  assert.match(JSON.stringify(v1), '"failCgroupV1":false')
})

test('hosts of today are those for Kubernetes after the Docker shim', () => {
  assert.equal(['v1.20.2', 'v1.34.4', 'v1.37.2'].map(isCurrent), [false, true, true])
})
