import type { Identity } from '../../connection/types.ts'
import { clock } from './clock.ts'
import { disk } from './disk.ts'
import type { Finding, Target, Probe } from './probe.ts'
import { findingOf } from './reaching.ts'
import { temporary } from './temporary.ts'
import { needed } from './tools.ts'

/** Every look at a host that can be reached. */
export const probes: readonly Probe[] = [needed, temporary, disk, clock]

/** Seconds that a probe may take: a network file system that is gone must not hold the doctor up. */
const probeTimeout = 15

/** Whether a shell comes up, as the login user or as another one. */
const entrance = async (
  { connection }: Target,
  identity: Identity | undefined,
): Promise<Finding | undefined> => {
  try {
    await connection.execute({ script: ':', purpose: 'query', identity, timeout: probeTimeout })
    return undefined
  } catch (error) {
    return findingOf(error)
  }
}

const look = async (
  { connection }: Target,
  probe: Probe,
  identity: Identity | undefined,
  now: () => number,
): Promise<Finding[]> => {
  const sent = now()
  try {
    const { code, stdout } = await connection.execute({
      script: probe.script,
      purpose: 'query',
      identity,
      timeout: probeTimeout,
    })
    const sample = { code, stdout: stdout.toString('utf8'), sent, received: now() }
    return probe.judge(sample).map((complaint) => ({ probe: probe.name, ...complaint }))
  } catch (error) {
    return [findingOf(error, probe.name)]
  }
}

/**
 * Examines a host: the way in first; where there is one, everything else. Nothing is changed.
 *
 * @param now seconds since 1970.
 */
export const examine = async (patient: Target, now: () => number): Promise<readonly Finding[]> => {
  const outside = await entrance(patient, undefined)
  if (outside !== undefined) return [outside]
  const become = patient.identity === undefined ? undefined : await entrance(patient, patient.identity)
  // who cannot become another user is still told the rest
  const identity = become === undefined ? patient.identity : undefined
  const found = await Promise.all(probes.map((probe) => look(patient, probe, identity, now)))
  return [...(become === undefined ? [] : [become]), ...found.flat()]
}
