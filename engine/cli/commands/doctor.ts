import { CoxswainError } from '../../errors.ts'
import { identityOf } from '../../run/fleet.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { pool } from '../../run/pool.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/probe.ts'
import { findingOf } from '../doctor/reaching.ts'
import { doctorExit, doctorJson, doctorTable } from '../doctor/report.ts'
import type { Request } from '../options.ts'
import { writeWarnings } from '../warnings.ts'
import { openWorkspace } from '../workspace.ts'
import type { Workspace } from '../workspace.ts'
import { outletsOf } from '../outlets.ts'

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

/**
 * `run doctor`: tries hosts and tells what is wrong with them. Nothing is changed. Gives the exit status.
 *
 * @throws `no-hosts` when there is none to try.
 */
export const doctor = async (
  { options }: Extract<Request, { kind: 'doctor' }>,
  redactor: Redactor,
): Promise<number> => {
  const workspace = await openWorkspace(options, undefined, redactor)
  const outlets = outletsOf(redactor)
  writeWarnings(workspace.inventory, outlets)
  const { limit } = workspace
  const names = workspace.territory
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
