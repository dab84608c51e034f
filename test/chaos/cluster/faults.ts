/** What happens while an operation runs. */
import type { ChildProcess } from 'node:child_process'
import type { Master, World } from './world.ts'

/** What a fault can act on. */
export interface Scene {
  readonly run: ChildProcess
  readonly world: World
  /** The host that it strikes. */
  readonly host: Master
}

/** A fault of the operation's time. */
export interface Fault {
  /** The name for the table. */
  readonly says: string
  /** Whether it is one of a host. */
  readonly ofHost: boolean
  readonly strike: (scene: Scene) => Promise<void>
  /** What ends it: the operation is over then, or seconds have passed. */
  readonly heal?: (scene: Omit<Scene, 'run'>) => Promise<void>
}

const table = {
  kill: {
    says: 'SIGKILL of the controller',
    ofHost: false,
    strike: ({ run }) => {
      run.kill('SIGKILL')
      return Promise.resolve()
    },
  },
  cut: {
    says: 'no network',
    ofHost: true,
    strike: ({ world, host }) => world.link(host, 'down'),
    heal: ({ world, host }) => world.link(host, 'up'),
  },
  'power-cycle': {
    says: 'power-cycle',
    ofHost: true,
    strike: ({ world, host }) => world.powerCycle(host),
  },
  'disk full': {
    says: 'the disk of etcd full',
    ofHost: true,
    strike: ({ world, host }) => world.disk(host, 'full'),
    heal: ({ world, host }) => world.disk(host, 'free'),
  },
} as const satisfies Readonly<Record<string, Fault>>

/** The name of a fault. */
export type FaultName = keyof typeof table

/** All faults. */
export const faults: Readonly<Record<FaultName, Fault>> = table

/** Their names, in an order that does not change: seeds depend on it. */
export const faultNames: readonly FaultName[] = ['kill', 'cut', 'power-cycle', 'disk full']
