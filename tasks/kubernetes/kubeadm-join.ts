import { setTimeout as sleep } from 'node:timers/promises'
import {
  CoxswainError,
  Secret,
  defineTask,
  drift,
  hostSelector,
  ok,
  remotePath,
  words,
  z,
} from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { sharedFiles } from './certificates.ts'
import { copySharedFiles } from './copy-certs.ts'
import { listMembers, memberOf, removeListed } from './etcd.ts'
import { forgetLost, startEtcd, waitForMembers } from './etcd-member.ts'
import { criSocketFlag } from './kubeadm-init.ts'
import { kubectl } from './kubectl.ts'
import { masterState } from './master-state.ts'
import { adminConf, kubeadmConfigPath, pki } from './paths.ts'
import { phases } from './phases.ts'
import { configVersionFor, minorOf } from './version.ts'
import { asYaml } from './yaml.ts'

const params = z.object({
  via: hostSelector().describe('a master that is ready'),
  name: z.string().describe('the name of the node'),
  address: z.string().describe('the address that this master advertises'),
  port: z.coerce.number().default(6443),
  endpoint: z.string().describe('host:port of the load balancer'),
  version: z.string().describe('the Kubernetes version'),
  criSocket: z.string().optional(),
  config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
  ignorePreflightErrors: words().default([]).describe('preflight errors to take as warnings'),
})
type Params = z.output<typeof params>

/** A token that lives for half an hour, one for the run, whoever asks first. */
const mintToken = (ctx: ApplyContext, via: ApplyContext): Promise<Secret> =>
  ctx.once('kubeadm join token', async () => {
    const text = await via.remote.run({
      timeout: 60,
    })`kubeadm --kubeconfig ${adminConf} token create --ttl 30m --description ${'coxswain: masters join'}`.text()
    return new Secret(text.trim().split('\n').at(-1) ?? '')
  })

/** The sum of the authority's public key: a joiner trusts nothing else (kubeadm join --discovery-token-ca-cert-hash). */
const caHash = async ({ remote }: ApplyContext): Promise<string> => {
  const { createHash, X509Certificate } = await import('node:crypto')
  const text = await remote.read(`${pki}/ca.crt`)
  if (text === undefined)
    throw new CoxswainError('task-failed', `there is no ${pki}/ca.crt`, { hint: 'copy-certs comes before' })
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
const join = async (ctx: ApplyContext, via: ApplyContext, given: Params): Promise<void> => {
  const { ignorePreflightErrors: ignored } = given
  const stdin = joinConfig(given, await mintToken(ctx, via), await caHash(ctx))
  await ctx.remote.run({
    stdin,
    timeout: 900,
  })`kubeadm join --config /dev/stdin ${ignored.length === 0 ? [] : [`--ignore-preflight-errors=${ignored.join(',')}`]}`
}

/** Whether the API server comes up within so many seconds. */
const comesUp = async (ctx: ApplyContext, { address, port }: Params, seconds: number): Promise<boolean> => {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const { ready, complete } = await masterState(ctx, address, port)
    if (ready && complete) return true
    if (!complete || performance.now() > end) return false
    await sleep(1000, undefined, { signal: ctx.signal })
  }
}

/**
 * What an interrupted join left. Its etcd member is brought up first, because a cluster of two with one that never
 * started has no quorum, and nothing else works until it has one. Then either the master comes up by itself, or it is
 * taken back to nothing, to join anew.
 */
const goOn = async (ctx: ApplyContext, via: ApplyContext, given: Params): Promise<boolean> => {
  const members = (await listMembers(via)) ?? []
  const listed = memberOf(members, given.address)
  if (listed !== undefined) {
    ctx.log('an interrupted join had added the etcd member: bringing it up')
    if (!(await masterState(ctx, given.address, given.port)).etcdManifest) {
      await copySharedFiles(ctx, via, sharedFiles)
      await phases['certs all']
        .problems(ctx, { ...given, node: given.name, apiNames: [] })
        .then(async (problems) => {
          if (problems.length > 0) await ctx.remote.run`kubeadm init phase certs all --config ${given.config}`
        })
      await ctx.remote.run`kubeadm init phase kubelet-start --config ${given.config}`
      await startEtcd(ctx, members, given)
    }
    await waitForMembers(ctx, via)
  }
  if (await comesUp(ctx, given, 90)) return true
  ctx.log('an interrupted join cannot be finished: taking it back, to join anew')
  await removeListed(via, given.address)
  await ctx.remote.run({
    timeout: 300,
  })`kubeadm reset -f --skip-phases=remove-etcd-member ${criSocketFlag(await ctx.remote.read(given.config))}`
  await ctx.remote.remove('/var/lib/etcd/member', { recursive: true })
  await copySharedFiles(ctx, via, sharedFiles)
  return false
}

/**
 * Removes the Node that a former life of this host left: kubeadm joins nobody under a name that is taken. Only a Node
 * that had the very address of this host can be its own.
 *
 * @throws `task-failed` when another machine goes by the name.
 */
const forgetNode = async (ctx: ApplyContext, via: ApplyContext, { name, address }: Params): Promise<void> => {
  const path = '{.status.addresses[?(@.type=="InternalIP")].address}'
  const { stdout } = await kubectl(via, [
    'get',
    'node',
    name,
    '--ignore-not-found',
    '-o',
    `jsonpath=${path}`,
  ]).result()
  const known = stdout.trim()
  if (known === '') return
  if (known !== address) {
    throw new CoxswainError('task-failed', `the cluster knows another machine as ${name}, at ${known}`, {
      hint: `give the host another name, or remove the other: kubectl delete node ${name}`,
    })
  }
  ctx.log(`removing the Node ${name} of its former life`)
  await via.remote.run({ timeout: 60 })`kubectl --kubeconfig ${adminConf} delete node ${name}`
}

/** Join a master to a cluster with `kubeadm join --control-plane`; copy-certs comes before. */
export const kubeadmJoin = defineTask({
  name: 'kubeadm-join',
  description: 'Joins a master to a cluster with kubeadm join, its certificates copied by copy-certs before.',
  params,
  title: () => 'kubeadm join --control-plane',

  async check(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    if (!state.touched) return drift({ what: 'control plane', to: `${given.name} joined` })
    if (!state.ready || !state.complete)
      return drift({ what: 'control plane', from: 'begun', to: `${given.name} joined` })
    const marks = await phases['mark-control-plane'].problems(ctx, {
      ...given,
      node: given.name,
      apiNames: [],
    })
    return marks.length === 0 ? ok() : drift(...marks)
  },

  async apply(ctx, given) {
    if (minorOf(given.version) < 14) {
      throw new CoxswainError('params-invalid', `kubeadm ${given.version} cannot join masters by itself`, {
        hint: "use strategy 'phases' before v1.14",
      })
    }
    const via = await ctx.on(given.via)
    const { touched } = await masterState(ctx, given.address, given.port)
    await forgetLost(ctx, via, given)
    if (!touched) await forgetNode(ctx, via, given)
    const up = touched && (await goOn(ctx, via, given))
    if (!up) await join(ctx, via, given)
    const marking = { ...given, node: given.name, apiNames: [] }
    if ((await phases['mark-control-plane'].problems(ctx, marking)).length > 0) {
      await ctx.remote.run({ timeout: 60 })`kubeadm init phase mark-control-plane --config ${given.config}`
    }
    await comesUp(ctx, given, 120)
    await kubectl(ctx, ['get', 'node', given.name]).text()
  },
})
