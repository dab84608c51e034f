import { CoxswainError, defineTask, drift, flag, ok, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { clockOf } from './encryption/new-key.ts'
import { encryptionRecord, newServiceAccountKey } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { acceptUntilSchema, nextTime, stillAccepted } from './service-accounts/dates.ts'
import { newPrivateKey, publicOf } from './service-accounts/keys.ts'
import {
  isLoaded,
  onHost,
  readMaster,
  readMasters,
  serverOn,
  stageThere,
  writeRecord,
} from './service-accounts/record.ts'
import type { MasterKeys, Plane } from './service-accounts/record.ts'
import { begunRecord, requireAllNodes } from './service-accounts/require.ts'
import { hasToken, openOf, readSecrets, shown, waysOfSecrets } from './service-accounts/secrets.ts'
import { isSame } from './service-accounts/stages.ts'
import type { Ids } from './service-accounts/stages.ts'
import { refuseMissing, wrongOn } from './service-accounts/tokens.ts'

const idsOf = ({ accepted, signer }: MasterKeys): Ids => ({ accepted: accepted.map(({ id }) => id), signer })

const fail = (message: string, hint: string): never => {
  throw new CoxswainError('task-failed', message, { hint: `${hint}; nothing was changed` })
}

/** @throws `task-failed` unless all control-plane nodes have the same keys, and accept the tokens that they sign. */
const requireSameKeys = (all: readonly MasterKeys[]): void => {
  const [first] = all
  if (first === undefined) return
  const other = all.find((one) => !isSame(idsOf(one), idsOf(first)))
  if (other !== undefined)
    fail(
      `sa.pub or sa.key is not the same on ${first.name} and ${other.name}`,
      'find out which API servers have which keys, let all of them have the same, and restart them one after the other',
    )
  const waiting = all.find(({ pending, controllerPending }) => pending || controllerPending)
  if (waiting !== undefined)
    fail(
      `static pods of ${waiting.name} must be restarted: /etc/coxswain/restart-static-pods`,
      'complete what has left that, such as renew-certs or rotate-keys',
    )
  if (!idsOf(first).accepted.includes(first.signer))
    fail(
      `sa.pub does not have the public key of sa.key on ${first.name}`,
      'find out with which files the API servers were started, and let them have these again',
    )
}

/** @throws `task-failed` where tokens may be verified by a copy of the keys: it does not have the new one when that signs. */
const refuseExternal = (all: readonly MasterKeys[]): void => {
  const one = all.find(({ external }) => external !== undefined)
  if (one !== undefined)
    fail(
      `the API server of ${one.name} has ${one.external ?? ''}: what verifies tokens outside of the cluster refuses new ones until it has read the keys of the cluster again`,
      'the new key signs minutes after it is published. If that does not matter, or those programs read the keys from the API server whenever they do not know one: -e rotate_service_accounts_external=true',
    )
}

/** @throws `task-failed` if any control-plane node is within the replacement of the key of encryption at rest. */
const refuseOther = async (ctx: CheckContext, { masters }: Plane): Promise<void> => {
  for (const { name } of masters)
    if (await (await onHost(ctx, name)).remote.exists(encryptionRecord))
      fail(
        `${name} is within the replacement of the key of encryption at rest: rotate-keys has left ${encryptionRecord}`,
        'complete it with playbooks/rotate-keys.ts without --limit',
      )
}

/** @throws `task-failed` for an API server that has other keys than its files: a restart would let it refuse tokens that are in use. */
const requireLoaded = async (ctx: CheckContext, all: readonly MasterKeys[], plane: Plane): Promise<void> => {
  for (const keys of all) {
    if (await isLoaded(await onHost(ctx, keys.name), keys, plane)) continue
    fail(
      `the API server of ${keys.name} has loaded other keys than sa.pub there has`,
      'a restart would let it refuse tokens that are in use: put the keys into sa.pub of all control-plane nodes that the API servers publish (kubectl get --raw /openid/v1/jwks), restart them one after the other, and run again',
    )
  }
}

/** @throws `task-failed` for what would stop the run later, when there is no way back. */
const requireEnd = async (
  ctx: CheckContext,
  plane: Plane,
  nodes: readonly string[],
  canWait: boolean,
): Promise<void> => {
  const server = serverOn(ctx, plane)
  const left = canWait ? [] : openOf(await readSecrets(ctx, server), []).filter(hasToken)
  if (left.length > 0)
    fail(
      `${counted(left.length, 'Secret')} would keep tokens of the former key: ${left.slice(0, 20).map(shown).join(', ')}${left.length > 20 ? ', …' : ''}`,
      waysOfSecrets,
    )
  let count = 0
  for (const name of [...plane.masters.map((one) => one.name), ...nodes]) {
    const wrong = await wrongOn(ctx, server, await onHost(ctx, name), { former: [], next: undefined })
    refuseMissing(wrong, name)
    count += wrong.former.length
  }
  if (count === 0)
    fail(
      'no pod of the cluster has a token: it could not be proven that none of the former key is in use',
      'check the pods of kube-system: kubectl get pods --all-namespaces',
    )
}

/** When the key that signs was made; undefined for the key of another program. */
const madeAt = ({ accepted, signer }: MasterKeys): Date | undefined =>
  accepted.find(({ id }) => id === signer)?.made

const refuseFuture = async (ctx: CheckContext, madeBefore: string): Promise<void> => {
  if (new Date(madeBefore).getTime() <= (await clockOf(ctx)).getTime()) return
  fail(
    `${madeBefore} is in the future by the clock of ${ctx.host.name}`,
    'give an earlier time: a key that is made now would be replaced again by the next run',
  )
}

/** Makes a new service account key, if the one in use is old. */
export const serviceAccountPrepare = defineTask({
  name: 'service-account-prepare',
  description:
    'Makes a new key for the tokens of service accounts, if the one in use was made before a time, or by another program; the other control-plane nodes get a copy. Nothing uses it yet.',
  reads:
    'sa.pub and sa.key on all control-plane nodes, the arguments of API servers and controller managers, the new key in /etc/coxswain/rotate-service-accounts, the nodes, and the clock of the host',
  example: { madeBefore: '2026-01-01', masters: [{ name: 'm1', address: '10.0.0.11' }], nodes: ['w1'] },
  params: () =>
    z.object({
      madeBefore: z
        .union([z.iso.date(), z.iso.datetime()])
        .describe('replace a key made before this, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      nodes: z.array(z.string()).default([]).describe('the names of all other nodes'),
      renewSecrets: flag().default(false).describe('whether tokens in Secrets may be replaced at once'),
      external: flag()
        .default(false)
        .describe(
          'go on although programs outside of the cluster can refuse new tokens until they have read its keys again',
        ),
      acceptUntil: acceptUntilSchema(),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: ({ madeBefore }) => `the service account key was made after ${madeBefore}, or is replaced`,
  makes: () => [newServiceAccountKey],

  async check(ctx, { madeBefore, masters, nodes, renewSecrets, external, acceptUntil, port }) {
    const plane = { masters, port }
    const required = () => requireAllNodes(ctx, plane, nodes)
    const [all, own] = await Promise.all([readMasters(ctx, plane), readMaster(ctx)])
    const begun = begunRecord(all)
    if (begun !== undefined) {
      const stage = stageThere(own, begun.record)
      if (own.record !== undefined) {
        if (stage !== 'new') await required()
        const [from, to] = [own.record.acceptUntil, nextTime(acceptUntil, own.record.acceptUntil)]
        if (from?.getTime() === to?.getTime()) return ok()
        const said = (time?: Date): string => time?.toISOString() ?? 'as soon as none is in use'
        return drift({ what: 'when tokens of the former key are refused', from: said(from), to: said(to) })
      }
      // it has ended here, and the others are about to end as well
      if (stage === 'new') return ok()
      await required()
      return drift({ what: newServiceAccountKey, to: `a copy of that of ${begun.name}` })
    }
    requireSameKeys(all)
    await refuseFuture(ctx, madeBefore)
    const made = madeAt(own)
    if (made !== undefined && made.getTime() >= new Date(madeBefore).getTime()) return ok()
    if (!external) refuseExternal(all)
    await refuseOther(ctx, plane)
    await requireLoaded(ctx, all, plane)
    await required()
    await requireEnd(
      ctx,
      plane,
      nodes,
      renewSecrets || (await stillAccepted(ctx, acceptUntil, undefined)) !== undefined,
    )
    return drift({
      what: newServiceAccountKey,
      from: `${own.signer}, ${made === undefined ? 'made by another program' : `made ${made.toISOString()}`}`,
      to: 'a new one, in /etc/coxswain/rotate-service-accounts',
    })
  },

  async apply(ctx: ApplyContext, { masters, acceptUntil, port }) {
    const begun = begunRecord(await readMasters(ctx, { masters, port }))
    if (begun !== undefined) {
      await writeRecord(ctx, {
        ...begun.record,
        acceptUntil: nextTime(acceptUntil, begun.record.acceptUntil),
      })
      return
    }
    const { publicText: formerPublic, privateText: formerKey } = await readMaster(ctx)
    const like = publicOf(formerKey)
    if (like === undefined) return
    const [key, made] = await Promise.all([newPrivateKey(like), clockOf(ctx)])
    await writeRecord(ctx, {
      made,
      key,
      formerPublic,
      formerKey,
      acceptUntil: nextTime(acceptUntil, undefined),
    })
  },
})
