/** Removes the Node object that an earlier installation of a host left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { isAmong, isShared, ownAddresses } from '../../network/addresses/own-addresses.ts'
import { eventually } from '../../shared/eventually.ts'
import type { Joiner } from '../etcd/member.ts'
import { kubectl } from './kubectl.ts'
import { adminConf, kubeletConf } from './paths.ts'

/** The condition Ready of a Node, and the time of it. */
const readyOf = async (via: CheckContext, name: string): Promise<readonly [status: string, time: string]> => {
  const ready = '.status.conditions[?(@.type=="Ready")]'
  const path = `jsonpath={${ready}.status} {${ready}.lastHeartbeatTime}`
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', path]).text()
  const [status = '', time = ''] = text.trim().split(' ')
  return [status, time]
}

/** The time of the last report of a Node's kubelet; undefined if the cluster knows that it does not report. */
const lastReport = async (via: CheckContext, name: string): Promise<string | undefined> => {
  const [status, time] = await readyOf(via, name)
  // the controller of nodes sets Unknown after 40 s without a report
  if (status === '' || status === 'Unknown') return undefined
  const words = ['-n', 'kube-node-lease', 'get', 'lease', name, '--ignore-not-found']
  const lease = await kubectl(via, [...words, '-o', 'jsonpath={.spec.renewTime}']).result()
  return `${time} ${lease.ok ? lease.stdout.trim() : ''}`
}

/**
 * Whether the kubelet of a Node reports within the given time. A kubelet renews its lease every 10 s.
 *
 * @param via a control-plane node.
 * @param seconds how long to watch.
 */
export const kubeletReports = async (via: CheckContext, name: string, seconds: number): Promise<boolean> => {
  const end = performance.now() + seconds * 1000
  const first = await lastReport(via, name)
  if (first === undefined) return false
  for (;;) {
    await sleep(1000, undefined, { signal: via.signal })
    const last = await lastReport(via, name)
    if (last === undefined) return false
    if (last !== first) return true
    if (performance.now() > end) return false
  }
}

/** The name and the address of a host that joins. */
type Joining = Pick<Joiner, 'name' | 'address'>

/** The error for a Node of another machine. */
const ofOther = (name: string, known: readonly string[], hint: string): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `another machine in the cluster has the name ${name}, at ${known.join(', ')}`,
    { hint },
  )

const removeOther = (name: string): string => `remove the other machine: kubectl delete node ${name}`

/**
 * The addresses of the Node object that an earlier installation of a host left; empty if there is none. Only a Node with an address of
 * the host can be its own.
 *
 * @throws `task-failed` if another machine has the name.
 */
export const oldNodeAddresses = async (
  ctx: CheckContext,
  via: CheckContext,
  { name, address }: Joining,
): Promise<readonly string[]> => {
  const path = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}'
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', path]).text()
  // one address for each address family
  const known = text.split(/\s+/).filter((word) => word !== '')
  if (known.length === 0) return []
  // a host with several networks can be known by any of its addresses
  const given = [address, ctx.host.address].map((one) => ({ address: one, device: undefined }))
  const read = ((await ownAddresses(ctx)) ?? []).filter((one) => !isShared(one))
  if (!known.some((one) => isAmong(one, [...given, ...read])))
    throw ofOther(name, known, `set another name for this host, or ${removeOther(name)}`)
  return known
}

/** @throws `task-failed` if another kubelet reports for the Node of a host that cannot report itself. */
const refuseReporting = async (
  ctx: ApplyContext,
  via: CheckContext,
  name: string,
  known: readonly string[],
): Promise<void> => {
  // without it, the kubelet of this host cannot report
  if (await ctx.remote.exists(kubeletConf)) return
  ctx.log(`reading whether another kubelet reports for the Node ${name}`)
  if (await kubeletReports(via, name, 25))
    throw ofOther(
      name,
      known,
      `its kubelet reports, and this host has no ${kubeletConf}: stop the kubelet of this host if it still runs, set another name for this host, or ${removeOther(name)}`,
    )
}

/**
 * Removes the Node object that an earlier installation of this host left: kubeadm does not join a node whose name exists.
 * Only if no other kubelet reports for it: machines of different networks with NAT can have the same address.
 *
 * @throws `task-failed` if another machine has the name.
 */
export const removeOldNode = async (
  ctx: ApplyContext,
  via: ApplyContext,
  joining: Joining,
): Promise<void> => {
  const { name } = joining
  const known = await oldNodeAddresses(ctx, via, joining)
  if (known.length === 0) return
  await refuseReporting(ctx, via, name, known)
  ctx.log(`removing the old Node ${name}`)
  await via.remote.run({ timeout: 60 })`kubectl --kubeconfig ${adminConf} delete node ${name}`
}

/**
 * Keeps the Node object that an earlier installation of this host left, with its cordon, labels and taints: kubeadm refuses a name
 * only while its Node is Ready (kubeadm join, phase kubelet-start).
 *
 * @throws `task-failed` if another machine has the name; `wait-timeout` if the Node stays Ready.
 */
export const takeOverNode = async (ctx: ApplyContext, via: CheckContext, joining: Joining): Promise<void> => {
  const { name } = joining
  const known = await oldNodeAddresses(ctx, via, joining)
  if (known.length === 0) return
  await refuseReporting(ctx, via, name, known)
  await eventually(
    ctx,
    async () => ((await readyOf(via, name))[0] === 'True' ? [`the old Node ${name} is Ready`] : []),
    { seconds: 120, hint: `see which kubelet reports for it; or ${removeOther(name)}` },
  )
  ctx.log(`the host takes over the Node ${name}`)
}
