/** What is remembered on a host of a maintenance of all masters, so that a run that was interrupted can go on. */
import { createHash } from 'node:crypto'
import { isCoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { bootIdPath } from '../../system/booting/boot.ts'
import { maintenancePath } from '../kubeadm/paths.ts'

/** The name under which a maintenance of the host is predicted under `--check`. */
export const dueMaintenance = 'a maintenance of the host'

const recordSchema = z.object({
  /** The SHA-256 of the work: other work is another maintenance. */
  work: z.string(),
  /** When it began, or last went on. */
  since: z.string(),
  /** `rebooting`: only the reboot is left, which ends the boot with this ID. A boot for any other reason ends no work. */
  phase: z.enum(['due', 'rebooting', 'done']),
  boot: z.string().default(''),
})

/** The maintenance of a host. */
export type MaintenanceRecord = z.output<typeof recordSchema>

/** The boot ID of a host. */
export const bootIdOf = async ({ remote }: Pick<CheckContext, 'remote'>): Promise<string> =>
  (await remote.read(bootIdPath))?.trim() ?? ''

/** How work is named in a record. */
export const keyOf = (work: string): string => createHash('sha256').update(work).digest('hex')

/** The maintenance that was begun on a host; undefined if there is none. */
export const maintenanceOf = async ({
  remote,
}: Pick<CheckContext, 'remote'>): Promise<MaintenanceRecord | undefined> => {
  const text = await remote.read(maintenancePath)
  if (text === undefined) return undefined
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch {
    // a record that cannot be read says nothing about what was done
    return undefined
  }
}

/** Milliseconds after which a maintenance does not go on: who begins one then expects it for all masters. */
const longest = 24 * 60 * 60 * 1000

/** Whether a maintenance with this work goes on with a record. */
export const isSame = ({ work, since }: MaintenanceRecord, wanted: string): boolean =>
  work === keyOf(wanted) && Math.abs(Date.now() - Date.parse(since)) <= longest

/** The text of a record. */
export const recordText = (record: MaintenanceRecord): string => `${JSON.stringify(record)}\n`

/** The present time, as in a record. */
export const presentTime = (): string => new Date().toISOString().replace(/\.\d+/, '')

/** Whether some work is still to be done on a host. The age of the record does not matter here: maintenance-begin has accepted it. */
export const maintenanceIsDue =
  (work: string) =>
  async (ctx: Pick<CheckContext, 'remote' | 'predicted'>): Promise<boolean> => {
    if (ctx.predicted(dueMaintenance)) return true
    const [record, boot] = await Promise.all([maintenanceOf(ctx), bootIdOf(ctx)])
    if (record === undefined || record.work !== keyOf(work) || record.phase === 'done') return false
    return record.phase === 'due' || record.boot === boot
  }

/** Whether a maintenance was begun on one of several hosts and is not over. Hosts that cannot be asked do not say so. */
export const maintenanceGoesOn = async (ctx: CheckContext, masters: string): Promise<boolean> => {
  const names = await ctx.hostsOf(masters)
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        const { remote } = name === ctx.host.name ? ctx : await ctx.on(name)
        return await remote.exists(maintenancePath)
      } catch (error) {
        if (ctx.signal.aborted || !isCoxswainError(error)) throw error
        return false
      }
    }),
  )
  return found.includes(true)
}
