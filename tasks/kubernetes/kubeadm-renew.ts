import { X509Certificate } from 'node:crypto'
import { CoxswainError, defineTask, drift, ok, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { authorities, leafPaths } from './kubeadm/certificates.ts'
import { certificatesInKubeconfig } from './kubeadm/credentials.ts'
import { kubeadmConfigPath, newCertificates, pki, renewingPath } from './kubeadm/paths.ts'
import { recordRestarts, staticPodsOf } from './kubeadm/restarts.ts'
import { requireSigning } from './kubeadm/signing.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'
import { completeKeys, keepTrust } from './rotation/keep.ts'
import { authorityNames, rotationsOf } from './rotation/rotation.ts'

/** The kubeconfigs that kubeadm renews. That of the kubelet is not among them: the kubelet renews its certificate itself. */
const renewedKubeconfigs = ['admin', 'super-admin', 'controller-manager', 'scheduler'].map(
  (name) => `/etc/kubernetes/${name}.conf`,
)

const day = 86_400_000

/** A certificate that kubeadm renews, and the days until its end, rounded down. */
interface Expiry {
  readonly path: string
  readonly end: Date
  readonly days: number
}

const expiryOf = (path: string, pem: string, now: number): Expiry => {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem)
  } catch {
    throw new CoxswainError('task-failed', `${path} does not have a certificate that can be read`, {
      hint: 'compare it with the file of another control-plane node; remove it, and run ha-masters',
    })
  }
  const end = new Date(certificate.validTo)
  return { path, end, days: Math.floor((end.getTime() - now) / day) }
}

/** With etcd elsewhere, kubeadm neither makes nor renews what belongs to it. */
const ofEtcd = /\/etcd\/|apiserver-etcd-client/

/** The certificates of a control-plane node that kubeadm renews, as far as they exist. */
const expiries = async ({ remote }: CheckContext): Promise<Expiry[]> => {
  const paths = [...leafPaths, ...renewedKubeconfigs]
  const [clock, ...texts] = await Promise.all([
    remote.query`date +%s`.text(),
    ...paths.map((path) => remote.read(path)),
  ])
  const now = Number(clock) * 1000
  const stacked = texts[paths.indexOf(`${pki}/etcd/server.crt`)] !== undefined
  return paths.flatMap((path, index) => {
    const text = texts[index]
    if (text === undefined || (!stacked && ofEtcd.test(path))) return []
    const pem = path.endsWith('.conf') ? certificatesInKubeconfig(text).client : text
    // a kubeconfig can name files, or have a token
    return pem === undefined ? [] : [expiryOf(path, pem, now)]
  })
}

const shown = ({ end, days }: Expiry): string =>
  `until ${end.toISOString().slice(0, 10)}, ${days < 0 ? 'expired' : days === 1 ? '1 day' : `${days} days`}`

/** @throws `task-failed` if kubeadm cannot renew what the authorities of a control-plane node have signed. */
const requireAuthorities = async (ctx: CheckContext): Promise<void> => {
  const stacked = await ctx.remote.exists(`${pki}/etcd/server.crt`)
  await requireSigning(
    ctx,
    authorities.filter((path) => stacked || !ofEtcd.test(path)),
  )
}

/** @throws `task-failed` if new certificates would expire soon as well, so that each run would renew them. */
const refusePeriod = async ({ remote }: CheckContext, config: string, days: number): Promise<void> => {
  const [, hours] = /certificateValidityPeriod: "?(\d+)h/i.exec((await remote.read(config)) ?? '') ?? []
  if (hours === undefined || Number(hours) / 24 > days) return
  throw new CoxswainError(
    'task-failed',
    `certificates are made for ${hours} h (certificateValidityPeriod in ${config}), so they always expire in fewer than ${days} days`,
    { hint: 'renew them later (fewer days), or set another certificate_validity_period and run ha-masters' },
  )
}

/** @throws `task-failed` for what kubeadm of this version does not renew. */
const refuseVersion = (version: string, due: readonly Expiry[]): string => {
  const { renewal, renewsKubeconfigs } = factsOf(version)
  const config = due.find(({ path }) => path.endsWith('.conf'))
  if (renewal !== undefined && (renewsKubeconfigs || config === undefined)) return renewal
  const what = renewal === undefined ? 'certificates' : 'kubeconfigs'
  throw new CoxswainError('task-failed', `kubeadm ${version} cannot renew ${what}`, {
    hint: `renew ${renewal === undefined ? 'them' : String(config?.path)} as the documentation of this version describes: remove the file, and let its phase make it again`,
  })
}

/**
 * Renews the certificates of a control-plane node that kubeadm has made.
 *
 * While rotate-ca replaces an authority, the one that signs on this node signs them, and kubeconfigs go on trusting both: with certificates
 * that have all expired, this is the way back to a cluster in which rotate-ca can end.
 */
export const kubeadmRenew = defineTask({
  name: 'kubeadm-renew',
  description:
    'Renews all certificates of a control-plane node, and those in its kubeconfigs, if one of them expires soon. The static pods use them after static-pods-restart.',
  reads: 'the certificates in /etc/kubernetes/pki, the kubeconfigs, and the clock of the host',
  example: { version: 'v1.37.2', days: 90 },
  params: () =>
    z
      .object({
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
        days: z.coerce
          .number<number | string>()
          .min(0)
          .default(90)
          .describe('renew when a certificate expires in fewer days than this'),
        config: remotePath()
          .default(kubeadmConfigPath)
          .describe(
            'the kubeadm configuration on the host; where it does not exist, kubeadm asks the cluster',
          ),
      })
      .superRefine(knownVersion('version')),
  title: ({ days }) => `certificates are valid for ${days} days`,
  makes: () => [newCertificates],

  async check(ctx, { version, days, config }) {
    const [all, interrupted] = await Promise.all([
      expiries(ctx),
      ctx.remote.exists(renewingPath),
      refusePeriod(ctx, config, days),
    ])
    if (all.length === 0)
      throw new CoxswainError('task-failed', `${ctx.host.name} does not have certificates of kubeadm`, {
        hint: 'the host is not a control-plane node yet',
      })
    const due = all.filter((one) => one.days < days)
    if (due.length === 0 && !interrupted) return ok()
    refuseVersion(version, due)
    await requireAuthorities(ctx)
    // refuses files that no stage of a replacement has
    await rotationsOf(ctx, authorityNames)
    // kubeadm renews all of them
    return drift(
      ...all.map((one) => ({ what: `certificate in ${one.path}`, from: shown(one), to: 'renewed' })),
    )
  },

  explain: explainControlPlane,

  async apply(ctx, { version, config }) {
    const { remote } = ctx
    const renewal = refuseVersion(version, [])
    const [hasConfig, pods] = await Promise.all([remote.exists(config), staticPodsOf(ctx)])
    await remote.makeDirectory('/etc/coxswain')
    await remote.write(renewingPath, 'kubeadm renews certificates; gone when it has\n')
    // before anything is new: a run that is interrupted right after kubeadm must still restart them
    await recordRestarts(ctx, pods)
    await completeKeys(ctx, authorityNames)
    const words = [...renewal.split(' '), ...(hasConfig ? ['--config', config] : [])]
    await remote.run({ timeout: 120 })`kubeadm ${words}`
    await keepTrust(ctx, renewedKubeconfigs)
    await remote.remove(renewingPath)
  },
})
