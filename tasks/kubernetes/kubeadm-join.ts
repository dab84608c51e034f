import { createHash, X509Certificate } from 'node:crypto'
import {
  CoxswainError,
  Secret,
  defineTask,
  drift,
  driftUnlessEmpty,
  hostSelector,
  pending,
  remotePath,
  words as wordList,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { listMembers, memberOf, requireMembers } from './etcd/etcd.ts'
import { etcdWaitParam, forgetLost, untilAnswering } from './etcd/member.ts'
import { comeUp, forgetNode, goOn, takeBack } from './kubeadm/join-recovery.ts'
import { ignoring } from './kubeadm/kubeadm.ts'
import { begin, finished, inBetween, masterState } from './kubeadm/master-state.ts'
import { adminConf, adminConfFile, kubeadmConfigPath, pki, unfinishedPath } from './kubeadm/paths.ts'
import { phases } from './kubeadm/phases.ts'
import { configVersionFor, minorOf, requireKubeadm } from './kubeadm/version.ts'
import { asYaml } from './kubeadm/yaml.ts'

const params = z.object({
  via: hostSelector().describe('a control-plane node that is ready'),
  name: z.string().describe('the name of the node'),
  address: z.string().describe('the address that this control-plane node advertises'),
  port: z.coerce.number().default(6443),
  endpoint: z.string().describe('host:port of the load balancer'),
  version: z.string().describe('the Kubernetes version'),
  criSocket: z.string().optional(),
  config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
  ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
  patience: etcdWaitParam(),
})
type Params = z.output<typeof params>

/** A token that lives for half an hour, and no longer than what is done with it. */
const withToken = async (via: ApplyContext, use: (token: Secret) => Promise<void>): Promise<void> => {
  const text = await via.remote.run({
    timeout: 60,
    // what it prints is the token
    quiet: true,
  })`kubeadm --kubeconfig ${adminConf} token create --ttl 30m --description ${'coxswain: a master joins'}`.text()
  const token = new Secret(text.split('\n').at(-1)?.trim() ?? '')
  const [id] = token.reveal().split('.')
  try {
    await use(token)
  } finally {
    // it ends by itself, if this should fail
    await via.remote.run({
      timeout: 30,
      quiet: true,
    })`kubeadm --kubeconfig ${adminConf} token delete ${id ?? ''}`.result()
  }
}

/** The sum of the authority's public key: a joiner trusts nothing else (kubeadm join --discovery-token-ca-cert-hash). */
const caHash = async ({ remote }: ApplyContext): Promise<string> => {
  const text = await remote.read(`${pki}/ca.crt`)
  if (text === undefined)
    throw new CoxswainError('task-failed', `${pki}/ca.crt does not exist`, {
      hint: 'run the task copy-certs first',
    })
  const key = new X509Certificate(text).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

const joinConfig = (given: Params, token: Secret, hash: string): Secret =>
  new Secret(
    asYaml([
      {
        apiVersion: `kubeadm.k8s.io/${configVersionFor(given.version)}`,
        kind: 'JoinConfiguration',
        discovery: {
          bootstrapToken: { apiServerEndpoint: given.endpoint, token: token.reveal(), caCertHashes: [hash] },
        },
        controlPlane: { localAPIEndpoint: { advertiseAddress: given.address, bindPort: given.port } },
        nodeRegistration: { name: given.name, criSocket: given.criSocket },
      },
    ]),
  )

/** Joins. The configuration, with the token in it, goes in by standard input: it rests in no file. */
const join = (ctx: ApplyContext, via: ApplyContext, given: Params): Promise<void> =>
  withToken(via, async (token) => {
    const stdin = joinConfig(given, token, await caHash(ctx))
    const words = ignoring(given.ignorePreflightErrors)
    await ctx.remote.run({ stdin, timeout: 900 })`kubeadm join --config /dev/stdin ${words}`
  })

/** What a host is, as far as joining goes. */
type Standing = 'new' | 'unfinished' | 'lost its data' | 'joined' | 'down'

const standingOf = async (ctx: CheckContext, via: CheckContext, given: Params): Promise<Standing> => {
  const { touched, unfinished, hasData, ready, lacking } = await masterState(ctx, given.address, given.port)
  if (ready && lacking.length === 0) return 'joined'
  if (unfinished) return 'unfinished'
  // where nothing is to be lost, a leader that is yet to come (under --check) is good enough
  const members = touched ? await requireMembers(via) : ((await listMembers(via)) ?? [])
  const member = memberOf(members, given.address)
  // it was added, and never started: nothing is lost with it
  if (member?.started === false) return 'unfinished'
  if (!touched) return 'new'
  if (!hasData && member !== undefined) return 'lost its data'
  if (!hasData) throw inBetween(ctx, `holds a part of a node, but lacks ${lacking.join(', ')}`)
  if (member === undefined) throw inBetween(ctx, 'has etcd data, but is not a member of this cluster')
  if (lacking.length === 0) return 'down'
  throw inBetween(ctx, `holds a part of a control plane, but lacks ${lacking.join(', ')}`)
}

const asPhase = (given: Params) => ({ ...given, node: given.name, apiNames: [] })

/** @throws `params-invalid` for a version that cannot join masters, and what a missing kubeadm says. */
const requireJoining = async (ctx: CheckContext, { version }: Params): Promise<void> => {
  if (minorOf(version) < 14)
    throw new CoxswainError(
      'params-invalid',
      `kubeadm ${version} cannot join control-plane nodes by itself`,
      {
        hint: "use strategy 'phases' before v1.14",
      },
    )
  await requireKubeadm(ctx)
}

/** Join a master to a cluster with `kubeadm join --control-plane`; copy-certs comes before. */
export const kubeadmJoin = defineTask({
  name: 'kubeadm-join',
  description:
    'Joins a control-plane node to a cluster with kubeadm join. The task copy-certs must run before it.',
  reads: "what is in /etc/kubernetes and /var/lib/etcd, the API server's /readyz, the members of etcd",
  example: {
    via: 'masters[0]',
    name: 'm2',
    address: '10.0.0.12',
    endpoint: '10.0.0.10:6443',
    version: 'v1.20.2',
  },
  params,
  title: () => 'kubeadm join --control-plane',
  until: () => ({ timeout: 180, every: 2 }),
  makes: () => [adminConfFile],

  async check(ctx, given) {
    const standing = await standingOf(ctx, await ctx.on(given.via), given)
    if (standing === 'down') return pending(`the API server of ${ctx.host.name} does not answer`)
    if (standing !== 'joined') {
      await requireJoining(ctx, given)
      const from = standing === 'new' ? undefined : standing
      return drift({ what: 'control plane', from, to: `${given.name} joined` })
    }
    const [marks, unfinished] = await Promise.all([
      phases['mark-control-plane'].problems(ctx, asPhase(given)),
      ctx.remote.exists(unfinishedPath),
    ])
    return driftUnlessEmpty([
      ...marks,
      ...(unfinished ? [{ what: unfinishedPath, from: 'there', to: undefined }] : []),
    ])
  },

  async apply(ctx, given) {
    await requireJoining(ctx, given)
    const via = await ctx.on(given.via)
    await untilAnswering(ctx, via, given.patience)
    const standing = await standingOf(ctx, via, given)
    if (standing !== 'joined') {
      await begin(ctx)
      await forgetLost(ctx, via, given)
      if (standing === 'lost its data') await takeBack(ctx, via, given)
      if (standing !== 'unfinished' || !(await goOn(ctx, via, given))) {
        await forgetNode(ctx, via, given)
        await join(ctx, via, given)
      }
      await comeUp(ctx, given, 120)
    }
    if ((await phases['mark-control-plane'].problems(ctx, asPhase(given))).length > 0)
      await ctx.remote.run({ timeout: 60 })`kubeadm init phase mark-control-plane --config ${given.config}`
    await finished(ctx)
  },
})
