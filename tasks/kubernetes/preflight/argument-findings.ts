/** Arguments of the inventory that the programs of a release no longer know. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { dashed, flagGoneSince, programNames } from '../kubeadm/versions/flags-gone.ts'
import type { KubernetesProgram, Program } from '../kubeadm/versions/flags-gone.ts'
import { gateGoneSince, gatesIn } from '../kubeadm/versions/gates-gone.ts'
import { flagNow, programReleases } from '../kubeadm/versions/unknown-settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Wanted } from './wanted.ts'

/** Where the inventory has the arguments of each program. */
const places: readonly (readonly [program: KubernetesProgram | 'etcd', place: string])[] = [
  ['apiServer', 'api_server.extraArgs'],
  ['controllerManager', 'controller_manager.extraArgs'],
  ['scheduler', 'scheduler.extraArgs'],
  ['etcd', 'etcd.extraArgs'],
  ['kubelet', 'kubelet_extra_args'],
]

const ends = 'a program with an unknown argument ends at once'

const gateFindings = (gates: readonly string[], place: string, program: Program, minor: number): Finding[] =>
  gates.flatMap((gate) => {
    const gone = gateGoneSince(gate, minor)
    return gone === undefined
      ? []
      : [
          finding(
            'inventory',
            'fault',
            `the feature gate ${gate} in ${place}: ${programNames[program]} does not know it from ${gone} on`,
            `remove it from the inventory: ${ends}`,
          ),
        ]
  })

/** Arguments and feature gates of the inventory that the programs of its release no longer know. */
export const argumentFindings = ({
  version,
  arguments: all,
  kubeletGates,
  kubeProxyGates,
  etcdTag,
}: Wanted): Finding[] => {
  const facts = factsOf(version)
  const { minor } = facts
  const releases = programReleases(etcdTag, facts)
  return [
    ...places.flatMap(([program, place]) =>
      Object.entries(all[program] ?? {}).flatMap(([name, value]) => {
        // etcd has others
        if (dashed(name) === 'feature-gates')
          return program === 'etcd'
            ? []
            : gateFindings([value].flat().flatMap(gatesIn), place, program, minor)
        const gone = flagGoneSince(program, name, releases)
        if (gone === undefined) return []
        const now = flagNow(program, name)
        const what = `--${name} in ${place}: ${programNames[program]} does not know it from ${gone} on`
        const cure = now === undefined ? 'remove it from the inventory' : `write --${now} in its place`
        return [finding('inventory', 'fault', what, `${cure}: ${ends}`)]
      }),
    ),
    ...gateFindings(
      isMap(kubeProxyGates) ? Object.keys(kubeProxyGates) : [],
      'kube_proxy.featureGates',
      'kubeProxy',
      minor,
    ),
    ...gateFindings(
      isMap(kubeletGates) ? Object.keys(kubeletGates) : [],
      'kubelet.featureGates',
      'kubelet',
      minor,
    ),
  ]
}
