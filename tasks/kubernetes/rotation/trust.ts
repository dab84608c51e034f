/** What a node trusts while an authority is replaced: the edits of its files. */
import type { X509Certificate } from 'node:crypto'
import type { Change, CheckContext } from '../../../engine/index.ts'
import { kubeconfigs, kubeletConf, manifest, pki } from '../kubeadm/paths.ts'
import { certificatesIn, isAt, textAt } from './bundle.ts'
import type { Pair, Stage } from './bundle.ts'
import { authorityFacts } from './rotation.ts'
import type { Rotation } from './rotation.ts'

/** A file that gets another text, or is removed. */
export interface Edit {
  readonly path: string
  /** Undefined removes it. */
  readonly text: string | undefined
  readonly change: Change
}

const words: Readonly<Record<Stage, string>> = {
  former: 'the former authority',
  both: 'both authorities',
  'new first': 'both authorities, the new one signs',
  new: 'the new authority',
}

/** The certificate that the controller manager signs with while ca.crt has two: it refuses a file with more than one. */
const signingPath = `${pki}/ca-signing.crt`
const signingFlag = '--cluster-signing-cert-file='

const authorityField = /^(\s*certificate-authority-data: )(\S+)$/gm

/** Whether a text has a certificate. */
const has = (bundle: string, certificate: X509Certificate): boolean =>
  certificatesIn(bundle).some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)

/** Whether a kubeconfig trusts what it must; `ahead` can trust the new authority alone before the others do. */
const isRight = (bundle: string, stage: Stage, { former, next }: Pair, ahead: boolean): boolean => {
  const [old, fresh] = [has(bundle, former), has(bundle, next)]
  // another cluster's
  if (!old && !fresh) return true
  if (stage === 'new') return fresh && !old
  return fresh && (old || ahead)
}

/** What a kubeconfig trusts at a stage. Others that it trusts beside the authority of the cluster, such as that of a proxy, stay. */
const bundleAt = (stage: Stage, bundle: string, pair: Pair): string =>
  textAt(stage, pair) +
  certificatesIn(bundle)
    .filter(
      ({ fingerprint256 }) => ![pair.former, pair.next].some((one) => one.fingerprint256 === fingerprint256),
    )
    .map(String)
    .join('')

/** The edits of kubeconfigs. @param ahead the one that can trust the new authority alone before the others do. */
const kubeconfigEdits = async (
  { remote }: CheckContext,
  pair: Pair,
  stage: Stage,
  { paths = kubeconfigs, ahead }: { readonly paths?: readonly string[]; readonly ahead?: string } = {},
): Promise<Edit[]> => {
  const texts = await Promise.all(paths.map((path) => remote.read(path)))
  return paths.flatMap((path, index): Edit[] => {
    const text = texts[index] ?? ''
    const edited = text.replaceAll(authorityField, (line, start: string, data: string) => {
      const bundle = Buffer.from(data, 'base64').toString()
      if (isRight(bundle, stage, pair, path === ahead)) return line
      return `${start}${Buffer.from(bundleAt(stage, bundle, pair)).toString('base64')}`
    })
    return edited === text
      ? []
      : [{ path, text: edited, change: { what: `trust in ${path}`, to: words[stage] } }]
  })
}

/** The edits with which the controller manager signs with one certificate, while the file of the authority has two. */
const signingEdits = async ({ remote }: CheckContext, pair: Pair, stage: Stage): Promise<Edit[]> => {
  const path = manifest('kube-controller-manager')
  const [text, found] = await Promise.all([remote.read(path), remote.read(signingPath)])
  const [own, usual] = [`${signingFlag}${signingPath}`, `${signingFlag}${pki}/ca.crt`]
  const uses = (flag: string): boolean => text?.split(/\s+/).includes(flag) === true
  const edit = (from: string, to: string): Edit[] =>
    text !== undefined && uses(from)
      ? [
          {
            path,
            text: text.replace(from, to),
            change: { what: `${signingFlag} of the controller manager`, to: to.slice(signingFlag.length) },
          },
        ]
      : []
  if (stage === 'new')
    return [
      ...edit(own, usual),
      ...(found === undefined
        ? []
        : [
            {
              path: signingPath,
              text: undefined,
              change: { what: signingPath, from: 'present', to: undefined },
            },
          ]),
    ]
  if (!uses(own) && !uses(usual)) return []
  const wanted = String(stage === 'new first' ? pair.next : pair.former)
  const signer = stage === 'new first' ? 'new' : 'former'
  return [
    ...(found === wanted
      ? []
      : [{ path: signingPath, text: wanted, change: { what: signingPath, to: words[signer] } }]),
    ...edit(usual, own),
  ]
}

/**
 * The edits with which a node trusts what it must, in their order.
 *
 * @param least the stage that it must be at; one that is further stays there.
 */
export const trustEdits = async (ctx: CheckContext, rotation: Rotation, least: Stage): Promise<Edit[]> => {
  const stage = isAt(rotation.stage, least) ? rotation.stage : least
  const path = `${authorityFacts[rotation.authority].base}.crt`
  const own: Edit[] =
    rotation.stage === stage
      ? []
      : [
          {
            path,
            text: textAt(stage, rotation),
            change: { what: path, from: words[rotation.stage], to: words[stage] },
          },
        ]
  if (rotation.authority !== 'cluster') return own
  const [signing, kubeconfig] = await Promise.all([
    signingEdits(ctx, rotation, stage),
    kubeconfigEdits(ctx, rotation, stage, { ahead: kubeletConf }),
  ])
  // the controller manager never starts with a file of two certificates to sign with
  return stage === 'new' ? [...own, ...signing, ...kubeconfig] : [...signing, ...own, ...kubeconfig]
}

/** The edits with which kubeconfigs trust what the file of the authority has, after kubeadm has written them. */
export const keptTrust = async (
  ctx: CheckContext,
  rotation: Rotation,
  paths: readonly string[],
): Promise<Edit[]> =>
  // before both are trusted, kubeadm writes what is right
  isAt(rotation.stage, 'both') ? kubeconfigEdits(ctx, rotation, rotation.stage, { paths }) : []

/** The files of the edits that a kubelet reads when it starts. */
export const isOfKubelet = ({ path }: Edit): boolean => path === kubeletConf || path === `${pki}/ca.crt`
