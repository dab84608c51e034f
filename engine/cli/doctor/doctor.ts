import { CoxswainError } from '../../errors.ts'
import { identityOf } from '../../run/fleet.ts'
import type { Fleet } from '../../run/fleet.ts'
import { pool } from '../../run/pool.ts'
import { examine } from './examine.ts'
import type { Finding } from './probe.ts'
import { findingOf } from './finding-of.ts'
import { doctorExit, doctorJson, doctorTable } from './report.ts'
import { writeWarnings } from '../session/warnings.ts'
import { openWorkspace } from '../session/workspace.ts'
import type { CommandContext } from '../define-command.ts'
import type { HostOptions } from '../options/run.ts'

const findProblems = async (fleet: Fleet, name: string): Promise<readonly Finding[]> => {
  try {
    await fleet.hosts.get(name)?.ready?.('login')
    // only become needs its password, and whether the host uses it may be known only now
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
 * `run doctor`: checks hosts and reports their problems. It changes nothing. Returns the exit status.
 *
 * @throws `no-hosts` if no host matches.
 */
export const doctor = async (
  { options }: { readonly options: DoctorOptions },
  { redactor, outlets, loadHooks, project }: CommandContext,
): Promise<number> => {
  loadHooks()
  const workspace = await openWorkspace(options, { redactor, project: await project() })
  writeWarnings(workspace.inventory, outlets)
  const { limit } = workspace
  const names = workspace.inventoryView
    .match(options.hosts ?? 'all', '--hosts')
    .filter((name) => limit?.includes(name) ?? true)
  if (names.length === 0) throw new CoxswainError('no-hosts', 'no host matches')
  const fleet = await workspace.loadFleet()
  const found = new Map<string, readonly Finding[]>()
  await pool(names, options.forks, async (name) => {
    found.set(name, await findProblems(fleet, name))
  })
  const hosts = names.map((host) => ({ host, findings: found.get(host) ?? [] }))
  if (options.output === 'json') outlets.out(doctorJson(hosts), 'json')
  else outlets.out(outlets.named(doctorTable(hosts)))
  return doctorExit(hosts)
}
