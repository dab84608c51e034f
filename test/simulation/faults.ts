/** Faults in a world and their times, drawn from its seed before the run starts. */
import type { Run } from './run.ts'
import type { Host } from './world/host.ts'
import type { Random } from './world/random.ts'
import type { World } from './world/world.ts'

interface Scene {
  readonly world: World
  readonly random: Random
  readonly run: Run
  readonly host: Host
  /** Records that it happened; `Ctrl-C` of a run. */
  readonly note: (text: string, run?: Run) => void
}

type Fault = (scene: Scene) => void

const linksTo = ({ world, host }: Scene) =>
  [...world.transports].filter((transport) => transport.host === host && transport.run.alive)

/** How long a host takes to notice that a connection is gone: immediately, or at its own timeout. */
const noticing = (random: Random): number => (random.chance(0.5) ? 0 : random.integer(0, 60_000))

const faults: readonly Fault[] = [
  // one channel ends
  (scene) => {
    scene.note(`a channel to ${scene.host.name} is cut`)
    for (const transport of linksTo(scene)) transport.cut(noticing(scene.random), scene.random)
  },
  // the connection ends
  (scene) => {
    scene.note(`the connection to ${scene.host.name} is cut`)
    for (const transport of linksTo(scene)) transport.cut(noticing(scene.random))
  },
  // the network drops everything
  (scene) => {
    scene.note(`the network to ${scene.host.name} is silent`)
    const { random } = scene
    for (const transport of linksTo(scene)) transport.silence(random.integer(100, 45_000), noticing(random))
  },
  // the host is unreachable for a while
  (scene) => {
    const { world, host, random } = scene
    scene.note(`${host.name} is away`)
    host.up = false
    for (const transport of linksTo(scene)) transport.cut(noticing(random))
    world.time.after(random.integer(100, 60_000), () => (host.up = true))
  },
  // the host reboots: all its processes end
  (scene) => {
    const { world, host, random } = scene
    scene.note(`${host.name} boots again`)
    for (const transport of linksTo(scene)) transport.cut(0)
    host.reboot()
    host.up = false
    world.time.after(random.integer(1000, 40_000), () => (host.up = true))
  },
  ({ host, random, note }) => {
    host.slowness = random.pick([3, 10, 40])
    note(`${host.name} is ${host.slowness} times slower`)
  },
  ({ host, random, note }) => {
    host.channels = random.integer(1, 2)
    note(`${host.name} allows ${host.channels} channels`)
  },
  ({ host, note }) => {
    host.temper.refuses = 0.3
    note(`${host.name} refuses changes`)
  },
  ({ host, note }) => {
    host.temper.lies = 0.3
    note(`${host.name} changes and says that it failed`)
  },
  ({ host, note }) => {
    host.temper.babbles = 0.2
    note(`${host.name} gives statuses that are no numbers`)
  },
  ({ host, note }) => {
    host.noisy = true
    note(`${host.name} prints at each login`)
  },
  ({ host, random, note }) => {
    host.password = random.pick(['right', 'wrong', 'missing'])
    note(`sudo on ${host.name} wants a password: ${host.password}`)
  },
  ({ run, note }) => {
    note('Ctrl-C', run)
    run.interrupt()
  },
  ({ world, random, run, note }) => {
    note('Ctrl-C', run)
    run.interrupt()
    world.time.after(random.integer(1, 8000), () => {
      if (run.over !== undefined) return
      note('Ctrl-C', run)
      run.interrupt()
    })
  },
  ({ run, note, random }) => {
    const power = random.chance(0.5)
    note(power ? 'the controller loses its power' : 'the controller is killed')
    run.kill(power ? random.next() : undefined)
  },
  ({ world, random, note }) => {
    note('the state folder is full')
    world.disk.full = true
    world.time.after(random.integer(10, 20_000), () => (world.disk.full = false))
  },
  ({ world, random, note }) => {
    world.time.skew += random.pick([-3_600_000, 3_600_000, -2000, 86_400_000])
    note(`the clock jumps; it is ${world.time.skew / 1000} s off`)
  },
]

/** Draws the faults of a run. */
export const drawFaults = ({ world, random, run, note }: Omit<Scene, 'host'>, most: number): void => {
  for (let count = random.integer(0, most); count > 0; count -= 1) {
    const fault = random.pick(faults)
    const host = random.pick(world.hosts)
    const when = random.pick([random.integer(0, 500), random.integer(0, 5000), random.integer(0, 30_000)])
    if (fault === undefined || host === undefined) continue
    world.time.after(when, () => {
      if (!run.over) fault({ world, random, run, host, note })
    })
  }
}
