/** `run doctor cluster`: the playbooks of this package that only look at a control plane, one after the other. */
import { join } from 'node:path'
import { exitCodes } from '../../exit-codes.ts'
import { packageRoot } from '../../package-root.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import type { ValuesOf } from '../define-option.ts'
import { runOptions } from '../options/run.ts'
import type { HostOptions } from '../options/run.ts'
import type { verbosityOptions } from '../options/output.ts'
import { run } from '../session/run.ts'

/** The playbooks, by their names in the package: they change nothing, and exit with 3 on a finding. */
export const clusterPlaybooks = ['status', 'preflight'] as const

/** The exit statuses of several runs as one: that of what is worst. */
export const worstOf = (statuses: readonly number[]): number =>
  [
    exitCodes.interrupted,
    exitCodes.usage,
    exitCodes.failed,
    exitCodes.unreachable,
    exitCodes.differs,
    ...statuses,
  ].find((one) => statuses.includes(one)) ?? exitCodes.ok

/** Runs the playbooks. An interrupted one is the last. Returns the exit status. */
export const doctorCluster = async (
  { options }: { readonly options: HostOptions & ValuesOf<typeof verbosityOptions> },
  context: CommandContext,
): Promise<number> => {
  const statuses: number[] = []
  for (const name of clusterPlaybooks) {
    const target = join(packageRoot, 'playbooks', `${name}.ts`)
    const all = { ...valuesOf(runOptions), help: false, ...options }
    statuses.push(await run({ arguments: { target, params: [] }, options: all }, context))
    if (statuses.includes(exitCodes.interrupted)) break
  }
  return worstOf(statuses)
}
