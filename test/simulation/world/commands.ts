/** The commands of a simulated host, and their effects. */

import type { Effect, Host } from './host.ts'
import { rising, saidText } from './output.ts'
import type { StreamName } from './output.ts'
import type { World } from './world.ts'

/** The user who runs a command. */
export type By = Pick<Effect, 'run' | 'shell' | 'user'>

/** The result of a command. */
export interface Answer {
  readonly code: number | 'NaN'
  readonly output: Readonly<Record<StreamName, string>>
}

const silent = (code: number): Answer => ({ code, output: { stdout: '', stderr: '' } })

/** Sets a key after a while. */
export const rise = (
  world: World,
  host: Host,
  { by, key, value }: { readonly by: By; readonly key: string; readonly value: string },
): void => {
  host.state.set(key, rising)
  const delay = world.random.integer(1, host.longest) * host.slowness
  const event = world.time.after(delay, () => {
    host.rising.delete(key)
    host.state.set(key, value)
    world.effect({ host: host.name, ...by, verb: 'rise', key, value })
  })
  host.rising.set(key, event)
}

/** Takes effect immediately. */
export const act = (world: World, host: Host, by: By, script: string): Answer => {
  const [verb = '', key = '', value = ''] = script.split(' ')
  const { state, temper } = host
  const { random } = world
  const effect = (done: Effect['verb'], now: string): void =>
    world.effect({ host: host.name, ...by, verb: done, key, value: now })
  if (verb === 'say') return { code: 0, output: saidText(key, Number(value)) }
  if (verb === 'get') {
    const held = state.get(key) ?? ''
    effect('get', held)
    return { code: 0, output: { stdout: held, stderr: '' } }
  }
  if (verb !== 'set' && verb !== 'add' && verb !== 'start')
    throw new Error(`the simulated host has no command ${verb}`)
  if (random.chance(temper.refuses)) return silent(1)
  if (random.chance(temper.forgets)) return silent(0)
  const now = verb === 'add' ? String(Number(state.get(key) ?? 0) + 1) : verb === 'set' ? value : rising
  const before = host.rising.get(key)
  if (before !== undefined) before.cancelled = true
  host.rising.delete(key)
  state.set(key, now)
  effect(verb, now)
  // the process that it starts keeps running after the shell has ended
  if (verb === 'start') rise(world, host, { by, key, value })
  return silent(random.chance(temper.lies) ? 1 : 0)
}

/** The answer of a host; a misbehaving one returns an invalid status for some commands. */
export const answer = (world: World, host: Host, by: By, script: string): Answer => {
  const done = act(world, host, by, script)
  return world.random.chance(host.temper.babbles) ? { ...done, code: 'NaN' } : done
}
