import { CoxswainError, defineTask, drift, ok, remotePath, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { kubeadmVersion } from './facts.ts'
import { adminConfFile, kubeadmConfigPath } from './kubeadm/paths.ts'
import { flows, phaseNames, phases } from './kubeadm/phases.ts'
import type { PhaseParams } from './kubeadm/phases.ts'
import { minorOf } from './kubeadm/version.ts'

const params = z.object({
  phase: z.enum(phaseNames).describe('the phase, by the name that kubeadm init uses now'),
  flow: z
    .enum(flows)
    .default('init')
    .describe('run it as a phase of kubeadm init or of kubeadm join, whose config is a JoinConfiguration'),
  version: z
    .string()
    .optional()
    .describe('the Kubernetes version; by default the version of the installed kubeadm'),
  node: z.string().describe('the name of the node'),
  address: z.string().describe('the address that this control-plane node advertises'),
  port: z.coerce.number().default(6443),
  apiNames: words().default([]).describe('names that the certificate of the API server must contain'),
  config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
})

/** The parameters with the version that is installed where none is given. */
const complete = async (ctx: CheckContext, given: z.output<typeof params>): Promise<PhaseParams> => ({
  ...given,
  version: given.version ?? (await ctx.fact(kubeadmVersion())),
})

/**
 * The phase's commands, without kubeadm.
 *
 * @throws `params-invalid` where the version has none for it under that flow.
 */
const linesOf = (
  { version }: PhaseParams,
  { phase, flow }: Pick<z.output<typeof params>, 'phase' | 'flow'>,
): readonly string[] => {
  const lines = phases[phase].commands(minorOf(version), flow)
  if (lines.length > 0) return lines
  throw new CoxswainError('params-invalid', `kubeadm ${flow} of ${version} has no phase for ${phase}`, {
    hint: 'see `kubeadm init phase --help, kubeadm join phase --help`',
  })
}

/**
 * Run one phase of kubeadm, under the name that the installed version has for it.
 *
 * Each phase has a test of its own for being done (see phases.ts), so that it does nothing where it is.
 */
export const kubeadmPhase = defineTask({
  name: 'kubeadm-phase',
  description: 'Runs one phase of kubeadm, unless its result exists.',
  reads: 'the files that the phase creates, and whether what it starts is healthy',
  example: { phase: 'kubeconfig all', version: 'v1.20.2', node: 'm2', address: '10.0.0.12' },
  params,
  title: ({ phase }) => `kubeadm phase ${phase}`,
  makes: ({ phase }) => (phase === 'kubeconfig all' ? [adminConfFile] : []),

  async check(ctx, given) {
    const known = await complete(ctx, given)
    const problems = await phases[given.phase].problems(ctx, known)
    if (problems.length === 0) return ok()
    linesOf(known, given)
    return drift(...problems.map((what) => ({ what: `${given.phase}: ${what}` })))
  },

  async apply(ctx, given) {
    const { phase, config } = given
    const { prepare, settle } = phases[phase]
    const known = await complete(ctx, given)
    const lines = linesOf(known, given)
    await prepare?.(ctx, known)
    for (const line of lines)
      await ctx.remote.run({ timeout: 600 })`kubeadm ${line.split(' ')} --config ${config}`
    await settle?.(ctx, known)
  },
})
