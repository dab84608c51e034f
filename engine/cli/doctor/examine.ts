import type { Identity } from '../../connection/types.ts'
import { clock } from './clock.ts'
import { disk } from './disk.ts'
import type { Finding, Target, Probe } from './probe.ts'
import { findingOf } from './finding-of.ts'
import { temporary } from './temporary.ts'
import { needed } from './tools.ts'

/** The checks of a reachable host. */
export const probes: readonly Probe[] = [needed, temporary, disk, clock]

/** Timeout of a probe in seconds: a network file system can hang. */
const probeTimeout = 15

/** Tries to start a shell, as the login user or as another one; undefined if it starts. */
const tryShell = async (
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

const runProbe = async (
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
    return probe.judge(sample).map((problem) => ({ probe: probe.name, ...problem }))
  } catch (error) {
    return [findingOf(error, probe.name)]
  }
}

/**
 * Checks a host: first the login, then, if it works, everything else. It changes nothing.
 *
 * @param now seconds since 1970.
 */
export const examine = async (target: Target, now: () => number): Promise<readonly Finding[]> => {
  const login = await tryShell(target, undefined)
  if (login !== undefined) return [login]
  const become = target.identity === undefined ? undefined : await tryShell(target, target.identity)
  // if become fails, the login user runs the other probes
  const identity = become === undefined ? target.identity : undefined
  const found = await Promise.all(probes.map((probe) => runProbe(target, probe, identity, now)))
  return [...(become === undefined ? [] : [become]), ...found.flat()]
}
