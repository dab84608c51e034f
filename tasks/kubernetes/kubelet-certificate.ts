import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  flag,
  remotePath,
  shellFile,
  shellProgram,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { credentialFault, nodeNamedIn } from './kubeadm/credentials.ts'
import { installedCommands } from './kubeadm/installed-phases.ts'
import { kubeletCredential } from './kubeadm/kubelet-client.ts'
import {
  kubeadmConfigPath,
  kubeletClient,
  kubeletConf,
  kubeletRestartPath,
  newAuthority,
  newCertificates,
  pki,
  validKubelet,
} from './kubeadm/paths.ts'
import { requireSigning } from './kubeadm/signing.ts'
import { completeKeys, keepTrust } from './rotation/keep.ts'

const program = shellFile(import.meta.url, 'kubelet-client.sh')

/** Where kubeadm writes the kubeconfig out of which the certificate is taken. */
const scratch = '/etc/coxswain/kubelet-certificate'

/** Why the kubelet cannot authenticate itself; empty if it can. */
const problems = async (ctx: CheckContext): Promise<Change[]> => {
  const { remote, host } = ctx
  const [found, ca, clock] = await Promise.all([
    kubeletCredential(ctx),
    remote.read(`${pki}/ca.crt`),
    remote.query`date +%s`.text(),
  ])
  if (ca === undefined)
    throw new CoxswainError('task-failed', `${host.name} does not have ${pki}/ca.crt`, {
      hint: 'the host is not a control-plane node',
    })
  const now = new Date(Number(clock) * 1000)
  const signer = { path: `${pki}/ca.crt`, text: ca }
  const renewed = (from: string): Change => ({
    what: 'client certificate of the kubelet',
    from,
    to: 'a new one',
  })
  if (found === undefined) return [renewed(`${kubeletConf} does not exist`)]
  const { path, certificate, authority } = found
  if (certificate?.includes('BEGIN CERTIFICATE') !== true)
    return [renewed(`${path} does not have a certificate`)]
  const own = credentialFault({ path, text: certificate, authority: signer }, now)
  if (own?.kind === 'not valid yet')
    throw new CoxswainError('task-failed', `${host.name}: ${own.message}`, {
      hint: 'set the clock of the host, and keep it set: install a time service such as chrony',
    })
  if (own !== undefined) return [renewed(own.message)]
  const trusted =
    authority === undefined
      ? undefined
      : credentialFault({ path: `${kubeletConf} (its authority)`, text: authority, authority: signer }, now)
  return trusted === undefined ? [] : [renewed(trusted.message)]
}

/** The name of the node in the kubelet's former certificate, which is that of its Node object; as it is given without one. */
const ownName = async (ctx: CheckContext, given: string): Promise<string> => {
  const text = (await kubeletCredential(ctx))?.certificate
  return (text === undefined ? undefined : nodeNamedIn(text)) ?? given
}

/** @throws `task-failed` if kubeadm's kubeconfig does not have what is needed, or if it cannot be put in place. */
const placeCertificate = async ({ remote, host }: ApplyContext): Promise<void> => {
  const made = `${scratch}/kubelet.conf`
  const { ok, code, stderr } = await remote.run({
    label: 'put the new certificate of the kubelet in place',
  })`${shellProgram(program, made, kubeletClient, kubeletConf)}`.result()
  if (ok) return
  throw new CoxswainError(
    'task-failed',
    code === 101
      ? `the kubeconfig that kubeadm made on ${host.name}, ${made}, does not have a certificate and a key`
      : `cannot put the new certificate of the kubelet of ${host.name} in place: ${stderr.trim() || `exit status ${code}`}`,
    {
      hint:
        code === 101
          ? 'check that it is the kubeadm of the cluster: kubeadm version; then run again'
          : 'check for a full or read-only disk, and run again',
    },
  )
}

/**
 * Gives the kubelet of a control-plane node a new client certificate, signed by the authority of the cluster.
 *
 * A kubelet renews its certificate itself while it is valid. With one that has expired it ends at each start, and does not run static
 * pods either. What Kubernetes documents for that ("Kubelet client certificate rotation fails") needs an API server and two restarts of the
 * kubelet; here the certificate that kubeadm signs takes the place of the one that the kubelet would get from the API server.
 */
export const kubeletCertificate = defineTask({
  name: 'kubelet-certificate',
  description:
    'Gives the kubelet of a control-plane node a new client certificate, and restarts it, if its own has expired, is missing, or is of another authority.',
  reads:
    "kubelet.conf, the kubelet's client certificate, the authority of the cluster, and the clock of the host",
  example: { node: 'm1' },
  params: () =>
    z.object({
      node: z
        .string()
        .describe('the name of the node, if the former certificate of the kubelet does not have one'),
      config: remotePath()
        .default(kubeadmConfigPath)
        .describe('the kubeadm configuration on the host, if it exists'),
      onlyRestart: flag()
        .default(false)
        .describe(
          'only restart a kubelet that must be, as while API servers do not have new certificates yet',
        ),
    }),
  title: () => 'the kubelet can authenticate itself',
  makes: () => [validKubelet],

  async check(ctx, { onlyRestart }) {
    const [found, interrupted] = await Promise.all([
      onlyRestart ? [] : problems(ctx),
      ctx.remote.exists(kubeletRestartPath),
    ])
    const trusts = [newAuthority('cluster'), newCertificates].some((one) => ctx.predicted(one))
    if (onlyRestart && trusts) return drift({ what: 'the kubelet', to: 'restarted' })
    if (found.length === 0 && ctx.predicted(newAuthority('cluster')))
      return drift({ what: 'client certificate of the kubelet', to: 'one of the new authority' })
    if (found.length > 0) await requireSigning(ctx, [`${pki}/ca`])
    const restart = { what: 'the kubelet', from: 'not restarted by an interrupted run', to: 'restarted' }
    return driftUnlessEmpty(found.length === 0 && interrupted ? [restart] : found)
  },

  explain: explainControlPlane,

  async apply(ctx, { node, config, onlyRestart }) {
    const { remote, log } = ctx
    if (!onlyRestart && (await problems(ctx)).length > 0) {
      const [phase = ''] = await installedCommands(ctx, 'kubeconfig kubelet', 'init')
      const hasConfig = await remote.exists(config)
      // without a configuration, kubeadm would ask the internet for a version; it is not written anywhere here
      const given = hasConfig
        ? ['--config', config]
        : ['--kubernetes-version', (await remote.query`kubeadm version -o short`.text()).trim()]
      await completeKeys(ctx, ['cluster'])
      // what an interrupted run left is not taken for the new one
      await remote.remove(scratch, { recursive: true })
      await remote.makeDirectory(scratch, { mode: '0700', owner: 'root', group: 'root' })
      await remote.run({
        timeout: 120,
      })`kubeadm ${phase.split(' ')} ${given} --node-name ${await ownName(ctx, node)} --kubeconfig-dir ${scratch}`
      await remote.write(
        kubeletRestartPath,
        'the kubelet gets a new client certificate; gone when it was restarted\n',
      )
      await placeCertificate(ctx)
      await keepTrust(ctx, [kubeletConf])
    }
    await remote.remove(scratch, { recursive: true })
    log(`restarting the kubelet of ${ctx.host.name}`)
    await remote.run({ timeout: 120 })`systemctl restart kubelet`
    await remote.remove(kubeletRestartPath)
  },
})
