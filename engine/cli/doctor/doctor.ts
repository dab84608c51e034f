import { CoxswainError } from '../../errors.ts'
import { identityOf } from '../../run/fleet.ts'
import { pool } from '../../run/pool.ts'
import { examine } from './examine.ts'
import type { Finding } from './probe.ts'
import { findingOf } from './reaching.ts'
import { doctorExit, doctorJson, doctorTable } from './report.ts'
import { writeWarnings } from '../session/warnings.ts'
import { openWorkspace } from '../session/workspace.ts'
import type { Workspace } from '../session/workspace.ts'
import type { CommandContext } from '../define-command.ts'
import type { HostOptions } from '../options/run.ts'

const visit = async ({ fleet }: Workspace, name: string): Promise<readonly Finding[]> => {
  try {
    await fleet.hosts.get(name)?.ready?.('login')
    // a task that becomes no one needs no password for it; whether one does may only be known now
    if (fleet.hosts.get(name)?.become !== false) await fleet.hosts.get(name)?.ready?.()
  } catch (error) {
    return [findingOf(error, 'secrets')]
  }
  const host = fleet.hosts.get(name)
  if (host === undefined) return []
  const connection = host.connect()
  try {
    return await examine(
      { name, identity: identityOf(host, host.become), connection },
      () => Date.now() / 1000,
    )
  } finally {
    await connection.close()
  }
}

interface DoctorOptions extends HostOptions {
  readonly hosts: string | undefined
  readonly output: 'json' | undefined
}

/**
 * `run doctor`: tries hosts and tells what is wrong with them. Nothing is changed. Gives the exit status.
 *
 * @throws `no-hosts` when there is none to try.
 */
export const doctor = async (
  { options }: { readonly options: DoctorOptions },
  { redactor, outlets, loadHooks }: CommandContext,
): Promise<number> => {
  loadHooks()
  const workspace = await openWorkspace(options, { redactor })
  writeWarnings(workspace.inventory, outlets)
  const { limit } = workspace
  const names = workspace.inventoryView
    .match(options.hosts ?? 'all', '--hosts')
    .filter((name) => limit?.includes(name) ?? true)
  if (names.length === 0) throw new CoxswainError('no-hosts', 'there is no host to try')
  const found = new Map<string, readonly Finding[]>()
  await pool(names, options.forks, async (name) => {
    found.set(name, await visit(workspace, name))
  })
  const hosts = names.map((host) => ({ host, findings: found.get(host) ?? [] }))
  if (options.output === 'json') outlets.out(doctorJson(hosts), 'json')
  else outlets.out(doctorTable(hosts))
  return doctorExit(hosts)
}
