import { defineTask, drift, ok, portNumber, remotePath, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { kubeadmVersion } from './facts.ts'
import { adminConfFile, kubeadmConfigPath } from './kubeadm/paths.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { installedCommands } from './kubeadm/installed-phases.ts'
import { phases } from './kubeadm/phases.ts'
import type { PhaseParams } from './kubeadm/phases.ts'
import { flows, phaseNames } from './kubeadm/versions/release.ts'
import { allowUnknownVersion, knownVersion, refuseUnknownVersion } from './kubeadm/versions.ts'

const params = () =>
  z
    .object({
      phase: z.enum(phaseNames).describe('the phase, by the name that kubeadm init uses now'),
      flow: z
        .enum(flows)
        .default('init')
        .describe(
          'run it as a phase of kubeadm init or of kubeadm join, whose config is a JoinConfiguration',
        ),
      version: z
        .string()
        .optional()
        .describe('the Kubernetes version; by default the version of the installed kubeadm'),
      allowUnknownVersion: allowUnknownVersion(),
      node: z.string().describe('the name of the node'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of the API server'),
      apiNames: words().default([]).describe('names that the certificate of the API server must contain'),
      config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
    })
    .superRefine(knownVersion('version'))

/** The parameters, with the installed version if none is given. */
const complete = async (
  ctx: CheckContext,
  given: z.output<ReturnType<typeof params>>,
): Promise<PhaseParams> => {
  const version = given.version ?? (await ctx.fact(kubeadmVersion()))
  refuseUnknownVersion(version, given.allowUnknownVersion)
  return { ...given, version }
}

/**
 * Runs one phase of kubeadm, under the name that it has in the installed version.
 *
 * For each phase, phases.ts can check whether it is done; then nothing is run.
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
    await installedCommands(ctx, given.phase, given.flow)
    return drift(...problems.map((what) => ({ what: `${given.phase}: ${what}` })))
  },

  async apply(ctx, given) {
    const { phase, config } = given
    const { prepare, settle, around = (_, __, commands) => commands([]) } = phases[phase]
    const known = await complete(ctx, given)
    const lines = await installedCommands(ctx, phase, given.flow)
    await prepare?.(ctx, known)
    await around(ctx, known.version, async (options) => {
      for (const line of lines)
        await ctx.remote.run({
          timeout: 600,
        })`kubeadm ${[...line.split(' '), '--config', config, ...options]}`
    })
    await settle?.(ctx, known)
  },

  // other phases only write files: what the kubelet says is not about them
  async explain(ctx, given, failure) {
    return phases[given.phase].settle === undefined ? undefined : explainControlPlane(ctx, given, failure)
  },
})
