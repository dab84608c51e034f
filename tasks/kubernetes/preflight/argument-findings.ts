/** What is in the inventory and the programs of a release, or ha-masters, do not accept. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { etcdFlagUnknown } from '../kubeadm/versions/etcd-flags.ts'
import { flagGoneSince, programNames } from '../kubeadm/versions/flags-gone.ts'
import type { KubernetesProgram, Program, ProgramReleases } from '../kubeadm/versions/flags-gone.ts'
import { gatesInArguments, gatesInField, unknownGate } from '../kubeadm/versions/unknown-gates.ts'
import { flagNow, programReleases } from '../kubeadm/versions/unknown-settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
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

/** Why a program of a release does not know an argument; undefined for one that it knows. */
const argumentFault = (
  program: KubernetesProgram | 'etcd',
  name: string,
  releases: ProgramReleases,
): string | undefined => {
  const gone = flagGoneSince(program, name, releases)
  if (gone !== undefined) return `does not know it from ${gone} on`
  const why = program === 'etcd' ? etcdFlagUnknown(name, releases.etcd ?? 0) : undefined
  return why === undefined ? undefined : `3.${releases.etcd} does not know it (${why})`
}

const gateFindings = (
  gates: readonly string[],
  place: string,
  program: Program,
  { version }: Pick<Wanted, 'version'>,
): Finding[] =>
  gates.flatMap((gate) => {
    const why = unknownGate(gate, { minor: factsOf(version).minor, version })
    if (why === undefined) return []
    const what = `the feature gate ${gate} in ${place}: ${programNames[program]} does not know it`
    const guess = why.guess === undefined ? '' : `, or write ${why.guess}`
    return [
      finding(
        'inventory',
        'fault',
        why.gone === undefined ? what : `${what} from ${why.gone} on`,
        `remove it from the inventory${guess}: ${ends}`,
      ),
    ]
  })

/** Arguments and feature gates of the inventory that the programs of its release do not know. */
export const argumentFindings = (wanted: Wanted): Finding[] => {
  const { version, arguments: all, kubeletGates, kubeProxyGates, etcdTag } = wanted
  const releases = programReleases(etcdTag, factsOf(version))
  return [
    ...places.flatMap(([program, place]) => [
      ...Object.keys(all[program] ?? {}).flatMap((name) => {
        const why = argumentFault(program, name, releases)
        if (why === undefined) return []
        const now = flagNow(program, name)
        const cure = now === undefined ? 'remove it from the inventory' : `write --${now} in its place`
        return [
          finding(
            'inventory',
            'fault',
            `--${name} in ${place}: ${programNames[program]} ${why}`,
            `${cure}: ${ends}`,
          ),
        ]
      }),
      // etcd has others
      ...(program === 'etcd'
        ? []
        : gateFindings(gatesInArguments(all[program] ?? {}), place, program, wanted)),
    ]),
    ...gateFindings(gatesInField(kubeProxyGates), 'kube_proxy.featureGates', 'kubeProxy', wanted),
    ...gateFindings(gatesInField(kubeletGates), 'kubelet.featureGates', 'kubelet', wanted),
  ]
}

/** Everything else in the inventory that ha-masters refuses before it connects. */
export const refusedFindings = ({ refused = [] }: Wanted): Finding[] =>
  refused.map((what) =>
    finding('inventory', 'fault', `ha-masters refuses it: ${what}`, 'correct it in the inventory'),
  )
