/** Whether everything on a control-plane node is signed by the new authority. */
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../../engine/index.ts'
import { leavesOf } from '../kubeadm/certificates.ts'
import { certificatesInKubeconfig } from '../kubeadm/credentials.ts'
import { kubeletCredential } from '../kubeadm/kubelet-client.ts'
import { kubeconfigs, kubeletConf } from '../kubeadm/paths.ts'
import { isSignedBy } from './bundle.ts'
import { authorityFacts } from './rotation.ts'
import type { Rotation } from './rotation.ts'
import { trustEdits } from './trust.ts'

/** The kubeconfigs whose certificates kubeadm renews. */
const renewed = kubeconfigs.filter((path) => path !== kubeletConf && !path.includes('bootstrap'))

/** The certificates that the former authority, or any other, has signed. */
export const formerLeaves = async (
  { remote }: CheckContext,
  { authority, next }: Rotation,
): Promise<string[]> => {
  const paths = [...leavesOf(authorityFacts[authority].base), ...(authority === 'cluster' ? renewed : [])]
  const texts = await Promise.all(paths.map((path) => remote.read(path)))
  return paths.filter((path, index) => {
    const text = texts[index]
    const pem = text !== undefined && path.endsWith('.conf') ? certificatesInKubeconfig(text).client : text
    return pem !== undefined && !isSignedBy(pem, next)
  })
}

/** Whether the key of the authority in use is the new one. */
const hasNewKey = async (
  { remote }: CheckContext,
  { authority, folder, stage }: Rotation,
): Promise<boolean> => {
  const [own, next] = await Promise.all([
    remote.sha256(`${authorityFacts[authority].base}.key`),
    remote.sha256(`${folder}/new.key`),
  ])
  // authority-keep has removed it: that is after the end
  if (next === undefined && stage === 'new') return own !== undefined
  return own !== undefined && own === next
}

/** The change with which the key of the authority in use becomes the new one; nothing where it is. */
export const missingKey = async (ctx: CheckContext, rotation: Rotation): Promise<Change[]> =>
  (await hasNewKey(ctx, rotation))
    ? []
    : [{ what: `${authorityFacts[rotation.authority].base}.key`, to: 'the key of the new authority' }]

/** Puts the new key beside the new certificate. @throws `task-failed` on a host that does not have it. */
export const placeKey = async (
  { remote, host }: ApplyContext,
  { authority, folder }: Rotation,
): Promise<void> => {
  const key = await remote.read(`${folder}/new.key`)
  if (key === undefined)
    throw new CoxswainError('task-failed', `${folder}/new.key does not exist on ${host.name}`, {
      hint: 'copy it from another control-plane node, as root only, and run again',
    })
  await remote.write(`${authorityFacts[authority].base}.key`, new Secret(key), { mode: '0600' })
}

/** What is missing until the new authority has signed everything on a control-plane node but the kubelet's certificate. */
export const unsigned = async (ctx: CheckContext, rotation: Rotation): Promise<Change[]> => {
  const [edits, key, leaves] = await Promise.all([
    trustEdits(ctx, rotation, 'new first'),
    missingKey(ctx, rotation),
    formerLeaves(ctx, rotation),
  ])
  return [
    ...key,
    ...edits.map(({ change }) => change),
    ...leaves.map((path) => ({ what: `certificate in ${path}`, to: 'signed by the new authority' })),
  ]
}

/** Whether the kubelet of a host has a certificate of the new authority. */
export const hasNewKubelet = async (ctx: CheckContext, { next }: Rotation): Promise<boolean> =>
  isSignedBy((await kubeletCredential(ctx))?.certificate ?? '', next)
