/** The phases of the kubeadm that is installed, which can be of another minor release than the cluster. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { requireKubeadm } from './kubeadm.ts'
import { factsOf, knownMinors, versionFault } from './versions.ts'
import type { Flow, PhaseName } from './versions/release.ts'

/**
 * The phases in the help of `kubeadm init` or `kubeadm join`, which lists them between two lines of back quotes: inner
 * phases are indented and begin with a slash.
 *
 * @returns names such as `control-plane-prepare certs`.
 */
export const phasesInHelp = (help: string): readonly string[] => {
  const [, block = ''] = /^```\n([^]*?)^```$/m.exec(help) ?? []
  const names: string[] = []
  let outer = ''
  for (const line of block.split('\n')) {
    const [, slash, name = ''] = /^\s*(\/?)([a-z][\w-]*)/.exec(line) ?? []
    if (name === '') continue
    if (slash === '') outer = name
    names.push(slash === '' ? name : `${outer} ${name}`)
  }
  return names
}

/** The commands of a kubeadm that the table does not have: those of the newest row whose phases it all lists. */
const listedCommands = async (
  ctx: CheckContext,
  phase: PhaseName,
  flow: Flow,
): Promise<readonly string[]> => {
  const has = new Set(phasesInHelp(await ctx.remote.query`kubeadm ${flow} --help`.text()))
  const names = (line: string): string => line.replace(/^\w+ phase /, '')
  return (
    knownMinors
      .toReversed()
      .map((minor) => factsOf(`v1.${minor}.0`).phases[phase][flow])
      .find((lines) => lines.length > 0 && lines.every((line) => has.has(names(line)))) ?? []
  )
}

/**
 * The arguments for the installed kubeadm that run a phase, from the row of its own minor release.
 *
 * @throws `params-invalid` if it does not have the phase in that flow, and `command-failed` if it is missing.
 */
export const installedCommands = async (
  ctx: CheckContext,
  phase: PhaseName,
  flow: Flow,
): Promise<readonly string[]> => {
  const installed = await requireKubeadm(ctx)
  const lines =
    versionFault(installed, false) === undefined
      ? factsOf(installed).phases[phase][flow]
      : await listedCommands(ctx, phase, flow)
  if (lines.length > 0) return lines
  throw new CoxswainError(
    'params-invalid',
    `kubeadm ${flow} of ${installed} does not have the phase ${phase}`,
    { hint: `see which it has: kubeadm ${flow} --help` },
  )
}
