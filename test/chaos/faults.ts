/** The faults of a run. */
import type { ChildProcess } from 'node:child_process'
import type { ByteProxy } from './byte-proxy.ts'
import type { ChaosHost } from './host.ts'
import type { Small } from './small-disk.ts'

/** What a fault can act on. */
export interface Scene {
  /** The controller; undefined before it is started. */
  readonly run: ChildProcess | undefined
  readonly proxy: ByteProxy
  readonly host: ChaosHost
  /** The disk of the host, if it can be filled. */
  readonly hostDisk: Small | undefined
  /** The state folder's disk on the controller, if it can be filled. */
  readonly stateDisk: Small | undefined
}

export interface Fault {
  /** The name for the table. */
  readonly says: string
  /** The disk that it fills. */
  readonly disk?: 'host' | 'state'
  /** Whether it happens before the run starts: a file system with an open file cannot become read-only. */
  readonly early?: true
  /** Starts immediately, in the same turn of the event loop; resolves when it has happened. */
  readonly strike: (scene: Scene) => void | Promise<void>
}

const table = {
  kill: { says: 'SIGKILL of the controller', strike: ({ run }) => void run?.kill('SIGKILL') },
  terminate: { says: 'SIGTERM', strike: ({ run }) => void run?.kill('SIGTERM') },
  interrupt: { says: 'Ctrl-C', strike: ({ run }) => void run?.kill('SIGINT') },
  'interrupt twice': {
    says: 'Ctrl-C twice',
    strike: async ({ run }) => {
      // the second signal must not come before the first was handled: two pending signals of the same kind are merged
      const taken = new Promise<void>((resolve) => {
        run?.stderr?.once('data', () => resolve())
        run?.once('close', () => resolve())
      })
      run?.kill('SIGINT')
      await taken
      run?.kill('SIGINT')
    },
  },
  cut: { says: 'connection cut', strike: ({ proxy }) => proxy.cut() },
  'power-cycle': { says: 'power-cycle of the host', strike: ({ host }) => host.powerCycle() },
  'host disk full': {
    says: 'disk of the host full',
    disk: 'host',
    strike: async ({ hostDisk }) => hostDisk?.fill(),
  },
  'state folder full': {
    says: 'state folder full',
    disk: 'state',
    strike: async ({ stateDisk }) => stateDisk?.fill(),
  },
  'state folder read-only': {
    says: 'state folder read-only',
    disk: 'state',
    early: true,
    strike: async ({ stateDisk }) => stateDisk?.lock(),
  },
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof table

export const faults: Readonly<Record<FaultName, Fault>> = table

export const faultNames: readonly FaultName[] = [
  'kill',
  'terminate',
  'interrupt',
  'interrupt twice',
  'cut',
  'power-cycle',
  'host disk full',
  'state folder full',
  'state folder read-only',
]
