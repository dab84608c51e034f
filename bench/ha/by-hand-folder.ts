/** What the manual script needs: the same configurations and options as the playbook uses. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from '../../engine/index.ts'
import { cluster, controlPlaneVars } from '../../playbooks/control-plane-vars.ts'
import { withInitialCluster } from '../../tasks/kubernetes/config/initial-cluster.ts'
import { renderConfig } from '../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../tasks/kubernetes/kubeadm/settings.ts'
import { factsOf } from '../../tasks/kubernetes/kubeadm/versions.ts'

const inventorySchema = z.object({
  all: z.object({
    vars: z.looseObject({}),
    children: z.object({
      masters: z.object({ hosts: z.record(z.string(), z.looseObject({ address: z.string() })) }),
    }),
  }),
})

/** `--NAME=a,b`, if there is anything to say. */
const option = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`--${name}=${values.join(',')}`]

/**
 * Writes the configuration of each master, with the text `__MEMBERS__` for the initial cluster of those that join; the
 * options of `kubeadm init` and `kubeadm join`; and the manifest of the pod network.
 *
 * @param inventory that of a lab.
 * @returns the folder.
 */
export const writeFolder = async (inventory: string): Promise<string> => {
  const { all } = inventorySchema.parse(parse(await readFile(inventory, 'utf8')))
  const vars = controlPlaneVars.parse(
    Object.fromEntries(Object.entries(all.vars).filter(([name]) => name in controlPlaneVars.shape)),
  )
  const settings = clusterSchema.parse(cluster(vars))
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-by-hand-'))
  const masters = Object.entries(all.children.masters.hosts).map(([name, { address }]) => ({ name, address }))
  for (const [index, self] of masters.entries()) {
    const members = masters.slice(0, index + 1)
    const config = renderConfig({ cluster: settings, self, members, nodeIp: self.address })
    const facts = factsOf(vars.kubernetes_version)
    const text = index === 0 ? config : withInitialCluster(config, '__MEMBERS__', facts)
    await writeFile(join(folder, `${self.name}.yaml`), text)
  }
  const ignored = option('ignore-preflight-errors', vars.ignore_preflight_errors)
  const socket = option('cri-socket', vars.cri_socket === undefined ? [] : [vars.cri_socket])
  const skipped = option('skip-phases', vars.skip_phases)
  await writeFile(join(folder, 'init-options'), [...skipped, ...ignored].join(' '))
  await writeFile(join(folder, 'join-options'), [...socket, ...ignored].join(' '))
  await cp(resolve(vars.cni_manifest), join(folder, 'cni.yaml'))
  return folder
}
