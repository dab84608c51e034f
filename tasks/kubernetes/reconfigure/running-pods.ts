/** The programs of static pods that run on a host, whatever their manifests say. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { manifests } from '../kubeadm/paths.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { programOf } from './differences.ts'

const program = shellFile(import.meta.url, 'static-pods-run.sh')

interface Process {
  readonly words: string[]
  readonly variables: Set<string>
  /** Whether it was started before its manifest was changed the last time. */
  outdated: boolean
}

/** What runs of a static pod. */
export interface RunningPod {
  readonly processes: readonly Process[]
  /** How often its container was started, of all versions of the pod whose logs are there. */
  readonly starts: number
}

/** The output of the program, by static pod. */
export const runningIn = (output: string): ReadonlyMap<string, RunningPod> => {
  const pods = new Map<string, { processes: Process[]; starts: number }>()
  const podOf = (name: string) => {
    const pod = pods.get(name) ?? { processes: [], starts: 0 }
    pods.set(name, pod)
    return pod
  }
  let current: Process | undefined
  for (const line of output.split('\n')) {
    const [, kind, rest = ''] = /^(process|word|variable|starts) (.*)$/.exec(line) ?? []
    if (line === 'outdated' && current !== undefined) current.outdated = true
    else if (kind === 'process') {
      current = { words: [], variables: new Set(), outdated: false }
      podOf(rest).processes.push(current)
    } else if (kind === 'word') current?.words.push(rest)
    else if (kind === 'variable') current?.variables.add(rest)
    else if (kind === 'starts') {
      const [name = '', count] = rest.split(' ')
      podOf(name).starts = Number(count)
    }
  }
  return pods
}

/** Reads what runs of static pods. */
export const runningPods = async (
  ctx: CheckContext,
  pods: readonly StaticPod[],
): Promise<ReadonlyMap<string, RunningPod>> =>
  runningIn(
    await ctx.remote.query({
      timeout: 30,
      label: 'which static pods run',
    })`${shellProgram(program, manifests, ...pods)}`.text(),
  )

/**
 * Whether a process has the command line and the variables of a manifest.
 *
 * @param fresh whether it must also have been started since the manifest was changed.
 */
export const runsAs = (
  running: RunningPod | undefined,
  pod: StaticPod,
  manifest: string,
  fresh = false,
): boolean => {
  const { command, variables } = programOf(manifest, `the manifest of ${pod}`)
  const wanted = command.slice(1).join('\n')
  return (running?.processes ?? []).some(
    ({ words, variables: own, outdated }) =>
      !(fresh && outdated) &&
      words.slice(1).join('\n') === wanted &&
      variables.every((one) => one.split('\n').every((line) => own.has(line))),
  )
}
