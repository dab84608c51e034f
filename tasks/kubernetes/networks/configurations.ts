/** The configurations of networks on a host, from which its container runtime takes the first. */
import { basename } from 'node:path'
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const program = shellFile(import.meta.url, 'without-package.sh')

/** The folder that container runtimes read (containerd's `conf_dir`). */
export const networkFolder = '/etc/cni/net.d'

/** Paths below {@link networkFolder} that no package of the host owns; those of podman or CRI-O can come with their package. */
export const networkConfigurations = async ({ remote }: CheckContext): Promise<string[]> => {
  if (((await remote.list(networkFolder)) ?? []).length === 0) return []
  const label = `find the packages of the files in ${networkFolder}`
  return remote.query({ label })`${shellProgram(program, networkFolder)}`.lines()
}

/** Whether a container runtime reads a file as a network; a configuration of the loopback device alone is not a network. */
export const isNetwork = (path: string): boolean =>
  /\.(conf|conflist|json)$/.test(path) && !/loopback/.test(path)

/**
 * Refuses a manifest if one of its hosts has a network that came neither with a package nor with a manifest that names it: made by hand,
 * or left by a former cluster. Pods of that host would be in that one or in both.
 *
 * @param text the manifest, which names its own files.
 * @throws `task-failed` with the hosts and files, and what to do.
 */
export const refuseOtherConfigurations = async (
  hosts: readonly CheckContext[],
  manifest: string,
  text: string,
): Promise<void> => {
  const found = await Promise.all(
    hosts.map(async (ctx) => {
      const others = (await networkConfigurations(ctx)).filter(
        (path) => isNetwork(path) && !text.includes(basename(path)),
      )
      return others.length === 0 ? [] : [`${ctx.host.name}: ${others.join(', ')}`]
    }),
  )
  const others = found.flat()
  if (others.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `there is already a network that the manifest does not name, on ${others.join('; ')}`,
    {
      hint: `${manifest} was not applied; set cni_manifest to none to keep that network, or remove what a former cluster has left`,
    },
  )
}
