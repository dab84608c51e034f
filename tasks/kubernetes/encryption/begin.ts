/** What a cluster encrypts with before a key is replaced, and whether it can be. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { manifest } from '../kubeadm/paths.ts'
import { containerIn } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import { isSameConfig } from './config.ts'
import type { Config } from './config.ts'
import { encryptionFlag } from './record.ts'
import type { EncryptionRecord, MasterKeys } from './record.ts'
import { plain } from './stages.ts'

const unchanged = 'nothing was changed'

const fail = (message: string, hint: string): never => {
  throw new CoxswainError('task-failed', message, { hint: `${hint}; ${unchanged}` })
}

/** How to name the file in the inventory. */
const inInventory = (path: string): string =>
  `set encryption-provider-config: ${path} in extraArgs of api_server`

const usualPath = '/etc/kubernetes/pki/encryption.yaml'

/**
 * The replacement that has begun on any host; undefined if none has.
 *
 * @throws `task-failed` unless all of those that have it have the same.
 */
export const begunRecord = (
  all: readonly MasterKeys[],
): { readonly record: EncryptionRecord; readonly name: string } | undefined => {
  const having = all.flatMap(({ name, record }) => (record === undefined ? [] : [{ name, record }]))
  const [first] = having
  const other = having.find(({ record }) => JSON.stringify(record) !== JSON.stringify(first?.record))
  if (first !== undefined && other !== undefined)
    return fail(
      `${first.name} and ${other.name} have different new keys of encryption at rest in /etc/coxswain/rotate-keys`,
      'remove encryption.json on the host whose key is in the file of no API server; if both keys are in files, neither may go: complete both by hand',
    )
  return first
}

/** @throws `task-failed` if the API server of a host could not read a file. */
export const requireMounted = async (ctx: CheckContext, path: string): Promise<void> => {
  const text = (await manifestText(ctx, 'kube-apiserver')) ?? ''
  const { mounts } = containerIn(text, manifest('kube-apiserver'))
  if (mounts.some((mount) => path === mount || path.startsWith(`${mount}/`))) return
  fail(
    `the API server of ${ctx.host.name} cannot read ${path}: no volume of its pod has it`,
    inInventory(usualPath),
  )
}

/** @throws `task-failed` within an upgrade: one of both versions might drop fields of objects that only the other one knows. */
const requireOneVersion = (all: readonly MasterKeys[]): void => {
  const [first] = all
  const other = all.find(({ version }) => version !== first?.version)
  if (first === undefined || other === undefined) return
  fail(
    `the API servers have different versions: ${first.version ?? 'unknown'} on ${first.name}, ${other.version ?? 'unknown'} on ${other.name}`,
    'complete the upgrade first: playbooks/upgrade.ts',
  )
}

/** What a cluster encrypts with. */
export interface Before {
  readonly former: Config
  readonly path: string
  readonly turnsOn: boolean
}

/** @throws `task-failed` unless all API servers have the same file with the same keys, or none of them has one. */
export const stateBefore = async (
  ctx: CheckContext,
  all: readonly MasterKeys[],
  planned: string | undefined,
  resources: readonly string[],
): Promise<Before> => {
  requireOneVersion(all)
  const first = all.find(({ path }) => path !== undefined)
  if (first?.path === undefined) return stateWithout(ctx, all, planned, resources)
  const lacking = all.find(({ path }) => path !== first.path)
  if (lacking !== undefined)
    return fail(
      `the API server of ${first.name} reads ${first.path}, that of ${lacking.name} ${lacking.path ?? `does not have --${encryptionFlag}`}`,
      `let all API servers have the same --${encryptionFlag} and the same file`,
    )
  if (planned !== first.path)
    return fail(
      `the API servers read ${first.path}, and the inventory ${planned === undefined ? 'does not have that argument: an upgrade would take it away' : `says ${planned}`}`,
      inInventory(first.path),
    )
  const [config] = all.map((one) => one.config)
  for (const { name, config: own } of all) {
    if (own === undefined || config === undefined)
      return fail(
        `${first.path} does not exist on ${own === undefined ? name : first.name}`,
        'copy it from a control-plane node that has it, with its mode',
      )
    if (!isSameConfig(own, config))
      return fail(
        `${first.path} on ${name} differs from that on ${all[0]?.name ?? ''}`,
        'let all API servers have the same keys in the same order, and restart them one after the other',
      )
  }
  const decrypting = config?.find(
    ({ providers }) => providers[0]?.type === 'identity' && providers.length > 1,
  )
  if (decrypting !== undefined)
    return fail(
      `${first.path}: ${decrypting.resources.join(', ')} is being decrypted: identity is the first provider`,
      'move identity to the end if it must be encrypted, restart the API servers one after the other, and run again; otherwise complete that by hand first',
    )
  return { former: config ?? [], path: first.path, turnsOn: false }
}

/** The same for a cluster that does not encrypt. */
const stateWithout = async (
  ctx: CheckContext,
  all: readonly MasterKeys[],
  planned: string | undefined,
  resources: readonly string[],
): Promise<Before> => {
  if (planned === undefined)
    return fail(
      'the cluster does not encrypt at rest, and the inventory does not say where the file with the keys is to be',
      `to let it encrypt, ${inInventory(usualPath)}`,
    )
  const there = all.find(({ config }) => config !== undefined)
  if (there !== undefined)
    return fail(
      `${planned} exists on ${there.name}, but its API server does not read it`,
      'move it away if nothing was encrypted with its keys; otherwise, let the API servers read it first',
    )
  await requireMounted(ctx, planned)
  return { former: plain(resources), path: planned, turnsOn: true }
}
