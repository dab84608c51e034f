/** What is remembered on a host that leaves its cluster to join it again under another name or address. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { peerNamesRecord, rejoinRecord, replacedFolder } from '../kubeadm/paths.ts'
import { masterSchema } from '../kubeadm/settings.ts'
import type { Master } from '../kubeadm/settings.ts'
import { identitySchema, inWords } from './identity.ts'
import { keptSchema } from './kept.ts'

/** The name under which the new name or address of a node is predicted under `--check`. */
export const rejoined = 'the new name or address of the control-plane node'

const recordSchema = z.object({
  /** What it was in the cluster. */
  from: identitySchema,
  /** What it becomes. */
  to: masterSchema,
  /** `leaving`: it is a member, or its reset is not complete; `joining`: nothing of the former node is left. */
  stage: z.enum(['leaving', 'joining']),
  kept: keptSchema,
})
/** The record of a host. */
export type Rejoin = z.output<typeof recordSchema>

/**
 * The record of a host; undefined if there is none.
 *
 * @throws `task-failed` for one that cannot be read.
 */
export const recordedRejoin = async ({
  remote,
  host,
}: Pick<CheckContext, 'remote' | 'host'>): Promise<Rejoin | undefined> => {
  const text = await remote.read(rejoinRecord)
  return text === undefined
    ? undefined
    : jsonReader(text, { name: rejoinRecord, of: host.name, code: 'task-failed' })(recordSchema)
}

/** Writes the record. */
export const recordRejoin = async ({ remote }: ApplyContext, record: Rejoin): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(rejoinRecord, `${JSON.stringify(record)}\n`, { mode: '0600' })
}

/** Removes the record, when the host is in its cluster again. */
export const forgetRejoin = ({ remote }: ApplyContext): Promise<void> => remote.remove(rejoinRecord)

/**
 * Removes all that Coxswain keeps of the former node, but for the record itself, former keys that snapshots of etcd need, and the addresses
 * that its certificates had more.
 */
export const removeOtherRecords = async ({ remote }: ApplyContext): Promise<void> => {
  const stay = new Set([rejoinRecord, replacedFolder, peerNamesRecord])
  const paths = ((await remote.list('/etc/coxswain')) ?? []).map((name) => `/etc/coxswain/${name}`)
  for (const path of paths) if (!stay.has(path)) await remote.remove(path, { recursive: true })
}

/** Whether a record is for a name and an address. */
export const isFor = ({ to }: Rejoin, { name, address }: Master): boolean =>
  to.name === name && isSameValue(to.address, address)

/** @throws `task-failed` if the host has begun to join under another name or address than the wanted one. */
export const refuseOtherTarget = ({ host }: CheckContext, record: Rejoin, wanted: Master): void => {
  if (record.stage === 'leaving' || isFor(record, wanted)) return
  throw new CoxswainError(
    'task-failed',
    `${host.name} is already joining as ${inWords(record.to)}, and not as ${inWords(wanted)}`,
    {
      hint: `set ${inWords(record.to)} in the inventory, and run again; after that it can be changed once more`,
    },
  )
}
