/** Makes a new authority with kubeadm, or copies it from another control-plane node. */
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { clusterDocument } from '../kubeadm/cluster-config.ts'
import { requireKubeadm } from '../kubeadm/kubeadm.ts'
import { kubeadmConfigPath, pki, rotatingFolder } from '../kubeadm/paths.ts'
import { editYaml } from '../kubeadm/yaml.ts'
import { authorityFacts, folderOf } from './rotation.ts'
import type { Authority } from './rotation.ts'

/** Reads a file that must exist. @throws `task-failed` if it does not. */
const mustRead = async ({ remote, host }: CheckContext, path: string): Promise<string> => {
  const text = await remote.read(path)
  if (text !== undefined) return text
  throw new CoxswainError('task-failed', `${path} does not exist on ${host.name}`, {
    hint: 'compare it with another control-plane node; nothing that is in use was changed',
  })
}

/**
 * Keeps the former authority, and a client of it: they are needed for the proof in the end, and for a way back.
 *
 * @param from a host that has kept it: a master that has joined meanwhile can have the new authority in the first place.
 */
const keepFormer = async (ctx: ApplyContext, authority: Authority, from?: CheckContext): Promise<void> => {
  const { remote } = ctx
  const { base, client } = authorityFacts[authority]
  const folder = folderOf(authority)
  for (const path of [rotatingFolder, folder])
    await remote.makeDirectory(path, { mode: '0700', owner: 'root', group: 'root' })
  const source = from === undefined ? base : `${folder}/former`
  for (const kind of ['crt', 'key']) {
    const text = await mustRead(from ?? ctx, `${source}.${kind}`)
    await remote.write(`${folder}/former.${kind}`, new Secret(text), { mode: '0600' })
  }
  for (const { path, kept } of client)
    await remote.write(
      `${folder}/${kept}`,
      new Secret(await (from === undefined ? mustRead(ctx, path) : mustRead(from, `${folder}/${kept}`))),
      { mode: '0600' },
    )
}

/** Options with which kubeadm makes an authority in a folder, with the algorithm and the validity of the cluster's configuration. */
const optionsFor = async (ctx: ApplyContext, folder: string): Promise<string[]> => {
  const { remote } = ctx
  const text = await remote.read(kubeadmConfigPath)
  if (text === undefined || clusterDocument(text, kubeadmConfigPath) === undefined)
    // without a version, kubeadm asks the internet for one
    return ['--kubernetes-version', (await requireKubeadm(ctx)).trim(), '--cert-dir', folder]
  const config = editYaml(text, (document) => {
    const kind = document.get('kind')
    if (kind === 'ClusterConfiguration' || kind === 'MasterConfiguration')
      document.set('certificatesDir', folder)
  })
  await remote.write(`${folder}/kubeadm.yaml`, new Secret(config), { mode: '0600' })
  return ['--config', `${folder}/kubeadm.yaml`]
}

/**
 * Lets kubeadm make files of pki in a folder of their own, which is removed again.
 *
 * @param names the files below pki to return.
 */
const madeByKubeadm = async (
  ctx: ApplyContext,
  phase: string,
  folder: string,
  names: readonly string[],
): Promise<string[]> => {
  const { remote } = ctx
  const made = `${folder}/made`
  // what an interrupted run left is not used
  await remote.remove(made, { recursive: true })
  await remote.makeDirectory(made, { mode: '0700', owner: 'root', group: 'root' })
  const options = await optionsFor(ctx, made)
  await remote.run({ timeout: 120 })`kubeadm init phase certs ${phase} ${options}`
  const texts = await Promise.all(names.map((name) => mustRead(ctx, `${made}/${name}`)))
  await remote.remove(made, { recursive: true })
  return texts
}

/** Makes a new authority on a host, beside the one that is in use. */
export const makeAuthority = async (ctx: ApplyContext, authority: Authority): Promise<void> => {
  const { base, phase } = authorityFacts[authority]
  const folder = folderOf(authority)
  await keepFormer(ctx, authority)
  const name = base.slice(pki.length + 1)
  const [key = '', certificate = ''] = await madeByKubeadm(ctx, phase, folder, [`${name}.key`, `${name}.crt`])
  await ctx.remote.write(`${folder}/new.key`, new Secret(key), { mode: '0600' })
  // last: the new authority exists from now on
  await ctx.remote.write(`${folder}/new.crt`, certificate, { mode: '0600' })
}

/** Copies a new authority from another host, in memory. */
export const copyAuthority = async (
  ctx: ApplyContext,
  authority: Authority,
  from: CheckContext,
): Promise<void> => {
  const folder = folderOf(authority)
  const key = await mustRead(from, `${folder}/new.key`)
  const certificate = await mustRead(from, `${folder}/new.crt`)
  await keepFormer(ctx, authority, from)
  await ctx.remote.write(`${folder}/new.key`, new Secret(key), { mode: '0600' })
  await ctx.remote.write(`${folder}/new.crt`, certificate, { mode: '0600' })
}
