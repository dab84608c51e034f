/** Removes the Node object that an earlier installation of a host left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { isAmong, isShared, ownAddresses } from '../../network/addresses/own-addresses.ts'
import type { Joiner } from '../etcd/member.ts'
import { kubectl } from './kubectl.ts'
import { adminConf, kubeletConf } from './paths.ts'

/** The time of the last report of a Node's kubelet; undefined if the cluster knows that it does not report. */
const lastReport = async (via: CheckContext, name: string): Promise<string | undefined> => {
  const ready = '.status.conditions[?(@.type=="Ready")]'
  const path = `jsonpath={${ready}.status} {${ready}.lastHeartbeatTime}`
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', path]).text()
  const [status = '', time = ''] = text.trim().split(' ')
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

/**
 * Removes the Node object that an earlier installation of this host left: kubeadm does not join a node whose name exists.
 * Only a Node with an address of this host can be its own, and only if no other kubelet reports for it: machines of
 * different networks with NAT can have the same address.
 *
 * @throws `task-failed` if another machine has the name.
 */
export const removeOldNode = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { name, address }: Joiner,
): Promise<void> => {
  const path = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}'
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', path]).text()
  // one address for each address family
  const known = text.split(/\s+/).filter((word) => word !== '')
  if (known.length === 0) return
  const refuse = (hint: string): CoxswainError =>
    new CoxswainError(
      'task-failed',
      `another machine in the cluster has the name ${name}, at ${known.join(', ')}`,
      { hint },
    )
  const remove = `remove the other machine: kubectl delete node ${name}`
  // a host with several networks can be known by any of its addresses
  const given = [address, ctx.host.address].map((one) => ({ address: one, device: undefined }))
  const read = ((await ownAddresses(ctx)) ?? []).filter((one) => !isShared(one))
  if (!known.some((one) => isAmong(one, [...given, ...read])))
    throw refuse(`set another name for this host, or ${remove}`)
  // without it, the kubelet of this host cannot report
  if (!(await ctx.remote.exists(kubeletConf))) {
    ctx.log(`reading whether another kubelet reports for the Node ${name}`)
    if (await kubeletReports(via, name, 25))
      throw refuse(
        `its kubelet reports, and this host has no ${kubeletConf}: stop the kubelet of this host if it still runs, set another name for this host, or ${remove}`,
      )
  }
  ctx.log(`removing the old Node ${name}`)
  await via.remote.run({ timeout: 60 })`kubectl --kubeconfig ${adminConf} delete node ${name}`
}
