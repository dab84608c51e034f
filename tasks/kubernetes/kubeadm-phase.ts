import { CoxswainError, defineTask, drift, ok, remotePath, z } from '../../engine/index.ts'
import { minorOf } from './version.ts'
import { kubeadmConfigPath } from './paths.ts'
import { phaseNames, phases } from './phases.ts'

/**
 * Run one phase of kubeadm, under the name that the installed version has for it.
 *
 * Each phase has a test of its own for being done (see phases.ts), so that it does nothing where it is.
 */
export const kubeadmPhase = defineTask({
  name: 'kubeadm-phase',
  description: 'Runs one phase of kubeadm, unless what it brings about is there.',
  params: z.object({
    phase: z.enum(phaseNames).describe('the phase, by the name that kubeadm init has for it today'),
    version: z.string().describe('the Kubernetes version'),
    node: z.string().describe('the name of the node'),
    address: z.string().describe('the address that this master advertises'),
    port: z.coerce.number().default(6443),
    apiNames: z.array(z.string()).default([]).describe('names that the API server certificate must hold'),
    config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
  }),
  title: ({ phase }) => `kubeadm phase ${phase}`,

  async check(ctx, params) {
    const problems = await phases[params.phase].problems(ctx, params)
    return problems.length === 0
      ? ok()
      : drift(...problems.map((what) => ({ what: `${params.phase}: ${what}` })))
  },

  async apply(ctx, params) {
    const { commands, prepare, settle } = phases[params.phase]
    const names = commands(minorOf(params.version))
    if (names.length === 0) {
      throw new CoxswainError('params-invalid', `kubeadm ${params.version} has no phase ${params.phase}`)
    }
    await prepare?.(ctx, params)
    for (const words of names)
      await ctx.remote.run({
        timeout: 600,
      })`${words} ${words[0] === 'kubeadm' ? ['--config', params.config] : []}`
    await settle?.(ctx, params)
  },
})
