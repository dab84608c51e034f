/** Unit files of systemd, and drop-ins for them: shared by the tasks that write them. */
import { quote, shellFile } from '../../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../../engine/index.ts'
import { contentChanges, holds } from '../../files/content/content.ts'

const verifyFile = shellFile(import.meta.url, 'verify-unit.sh')

/** What to write, or to remove. */
export interface UnitFile {
  /** The unit with its suffix. */
  readonly name: string
  readonly content?: string | undefined
  /** The name of a drop-in to write instead. */
  readonly dropIn?: string | undefined
  readonly state: 'present' | 'absent'
}

/** The path of a unit file, or of a drop-in. */
export const fileOf = ({ name, dropIn }: UnitFile): string =>
  dropIn === undefined ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/${dropIn}.conf`

const absence = async ({ remote }: CheckContext, path: string): Promise<Change[]> =>
  (await remote.exists(path)) ? [{ what: path, from: 'present', to: undefined }] : []

/** Whether the file changed since systemd read it; for a template, since systemd read one of its instances. */
const isStale = async ({ remote }: CheckContext, name: string): Promise<boolean> => {
  const units = name.replace('@.', '@*.')
  const said = await remote.query`systemctl show --property=NeedDaemonReload --value -- ${units}`.text()
  return said.split(/\s+/).includes('yes')
}

/** The file of the unit that a drop-in changes; undefined if it does not exist. */
const unitFileOf = async ({ remote }: CheckContext, name: string): Promise<string | undefined> => {
  // systemd shows properties of an instance, but not of a template
  const unit = name.replace('@.', '@coxswain.')
  const path = await remote.query`systemctl show --property=FragmentPath --value -- ${unit}`.text()
  return path.trim() || undefined
}

/**
 * The command that verifies new content.
 *
 * @param unit for a drop-in, the file of the unit that it changes.
 */
const verifyCommand = ({ name, dropIn }: UnitFile, unit: string | undefined): string => {
  const place = dropIn === undefined ? name : `${name}.d/${dropIn}.conf`
  return `set -- %s ${[name, place, unit ?? ''].map(quote).join(' ')}\n${verifyFile.text}`
}

/** The differences of a unit file, and whether systemd has to read it again. */
export const unitChanges = async (ctx: CheckContext, unit: UnitFile): Promise<Change[]> => {
  const path = fileOf(unit)
  const { content = '', state, name } = unit
  const [changes, stale] = await Promise.all([
    state === 'absent' ? absence(ctx, path) : contentChanges(ctx.remote, path, content),
    isStale(ctx, name),
  ])
  return [...changes, ...(stale ? [{ what: name, from: 'an older version loaded', to: 'reloaded' }] : [])]
}

/** Writes or removes a unit file; systemd reads it only with {@link reloadUnits}. Returns whether anything was written. */
export const writeUnit = async (ctx: ApplyContext, given: UnitFile): Promise<boolean> => {
  const { remote } = ctx
  const path = fileOf(given)
  const folder = path.slice(0, path.lastIndexOf('/'))
  const { content = '', state, dropIn, name } = given
  if (state === 'absent') {
    await remote.remove(path)
    if (dropIn !== undefined) await remote.run({ label: `rmdir ${folder}` })`rmdir ${folder} 2>/dev/null || :`
    return true
  }
  if (await holds(remote, path, content)) return false
  const unit = dropIn === undefined ? undefined : await unitFileOf(ctx, name)
  if (dropIn !== undefined) await remote.makeDirectory(folder)
  // a drop-in has no effect without its unit
  const unknown = dropIn !== undefined && unit === undefined
  await remote.write(path, content, unknown ? {} : { validate: verifyCommand(given, unit) })
  return true
}

/** Has systemd read changed unit files. */
export const reloadUnits = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.run({ timeout: 120 })`systemctl daemon-reload`
}
