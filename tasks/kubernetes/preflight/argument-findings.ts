/** Arguments of the inventory that the programs of a release no longer know. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { dashed, flagGoneIn, flagsNow, programNames } from '../kubeadm/versions/flags-gone.ts'
import type { Program } from '../kubeadm/versions/flags-gone.ts'
import { gateGoneIn, gatesIn } from '../kubeadm/versions/gates-gone.ts'
import { minorOf } from '../kubeadm/versions.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Wanted } from './wanted.ts'

/** Where the inventory has the arguments of each program. */
const places: readonly (readonly [program: Program, place: string])[] = [
  ['apiServer', 'api_server.extraArgs'],
  ['controllerManager', 'controller_manager.extraArgs'],
  ['scheduler', 'scheduler.extraArgs'],
  ['etcd', 'etcd.extraArgs'],
  ['kubelet', 'kubelet_extra_args'],
]

const ends = 'a program with an unknown argument ends at once'

const gateFindings = (gates: readonly string[], place: string, program: Program, minor: number): Finding[] =>
  gates.flatMap((gate) => {
    const gone = gateGoneIn(gate, 0, minor)
    return gone === undefined
      ? []
      : [
          finding(
            'inventory',
            'fault',
            `the feature gate ${gate} in ${place}: ${programNames[program]} does not know it from v1.${gone} on`,
            `remove it from the inventory: ${ends}`,
          ),
        ]
  })

/** Arguments and feature gates of the inventory that the programs of its release no longer know. */
export const argumentFindings = ({ version, arguments: all, kubeletGates }: Wanted): Finding[] => {
  const minor = minorOf(version)
  return [
    ...places.flatMap(([program, place]) =>
      Object.entries(all[program] ?? {}).flatMap(([name, value]) => {
        if (dashed(name) === 'feature-gates')
          return gateFindings([value].flat().flatMap(gatesIn), place, program, minor)
        const gone = flagGoneIn(program, name, 0, minor)
        if (gone === undefined) return []
        const now = flagsNow[dashed(name)]
        const what = `--${name} in ${place}: ${programNames[program]} does not know it from v1.${gone} on`
        const cure = now === undefined ? 'remove it from the inventory' : `write --${now} in its place`
        return [finding('inventory', 'fault', what, `${cure}: ${ends}`)]
      }),
    ),
    ...gateFindings(
      isMap(kubeletGates) ? Object.keys(kubeletGates) : [],
      'kubelet.featureGates',
      'kubelet',
      minor,
    ),
  ]
}
