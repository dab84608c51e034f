/** What kubeadm writes for a configuration, from its own dry run. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { renderConfig } from '../config/render.ts'
import { kubeletConfig, kubeletFlags, manifest } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'

const program = shellFile(import.meta.url, 'kubeadm-files.sh')

/** The phase that writes the objects of kube-proxy; its manifest is under this name. */
export const kubeProxyPhase = 'addon kube-proxy'

const paths: Readonly<Record<string, string>> = {
  ...Object.fromEntries(components.map((pod) => [`${pod}.yaml`, manifest(pod)])),
  'config.yaml': kubeletConfig,
  'kubeadm-flags.env': kubeletFlags,
}

/** The texts in the output of the program, by path on the host, or by phase. */
export const filesIn = (output: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>()
  for (const [, name = '', text = ''] of output.matchAll(/^=== (.+)\n((?:(?!=== ).*\n?)*)/gm))
    files.set(paths[name] ?? name, text.replace(/\n$/, ''))
  return files
}

/** The phases that write the files of a control-plane node. */
export const masterPhases = (stacked: boolean): readonly string[] => [
  'control-plane all',
  ...(stacked ? ['etcd local'] : []),
  'kubelet-start',
]

/**
 * Why the files of a host cannot be compared with what kubeadm writes; undefined if they can be.
 *
 * Another version of kubeadm writes other files.
 */
export const whyNotComparable = async (ctx: CheckContext, version: string): Promise<string | undefined> => {
  if (!factsOf(version).dryRunsPhases)
    return `kubeadm ${version} does not say what its phases would write; it does from v1.31 on`
  const { ok, stdout } = await ctx.remote.query`kubeadm version -o short`.result()
  const installed = stdout.trim()
  if (!ok) return `kubeadm is not installed on ${ctx.host.name}`
  return installed === version
    ? undefined
    : `kubeadm on ${ctx.host.name} is ${installed}, and the configuration is of ${version}`
}

/** How the files of a host can be compared with what kubeadm would write; `why` where they cannot be. */
export type Comparability =
  | { readonly by: 'dry run' }
  /** kubeadm is of another patch release: its images can have other tags. */
  | { readonly by: 'dry run of another patch release' }
  | { readonly by: 'settings'; readonly why: string }

/** How to compare, without changing anything: another patch release of the same minor writes the same settings. */
export const comparability = async (ctx: CheckContext, version: string): Promise<Comparability> => {
  const why = await whyNotComparable(ctx, version)
  if (why === undefined) return { by: 'dry run' }
  if (!factsOf(version).dryRunsPhases) return { by: 'settings', why }
  const { ok, stdout } = await ctx.remote.query`kubeadm version -o short`.result()
  const minor = (text: string): string | undefined => /^v1\.\d+(?=\.\d+)/.exec(text.trim())?.[0]
  return ok && minor(stdout) !== undefined && minor(stdout) === minor(version)
    ? { by: 'dry run of another patch release' }
    : { by: 'settings', why }
}

/**
 * What the phases of kubeadm would write on a host, by path.
 *
 * @throws `task-failed` with what kubeadm says if it does not accept the configuration.
 */
export const filesOfKubeadm = async (
  ctx: CheckContext,
  config: HostConfig,
  phases: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { code, stdout, stderr } = await ctx.remote.query({
    stdin: renderConfig(config),
    timeout: 120,
    label: `ask kubeadm what it writes (${phases.join(', ')})`,
  })`${shellProgram(program, ...phases)}`.result()
  if (code === 0) return filesIn(stdout)
  throw new CoxswainError('task-failed', `kubeadm on ${ctx.host.name} does not accept the configuration`, {
    output: stderr.trim(),
    hint: 'correct the variables that it names; nothing was changed',
  })
}
