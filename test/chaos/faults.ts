/** What is done to a run at its moment. */
import type { ChildProcess } from 'node:child_process'
import type { ByteProxy } from './byte-proxy.ts'
import type { ChaosHost } from './host.ts'
import type { Small } from './small-disk.ts'

/** What a fault can get hold of. */
export interface Scene {
  /** The controller; undefined before it is started. */
  readonly run: ChildProcess | undefined
  readonly proxy: ByteProxy
  readonly host: ChaosHost
  /** The disk of the host, where it is one that can be filled. */
  readonly hostDisk: Small | undefined
  /** The state folder's disk on the controller, where it is one that can be filled. */
  readonly stateDisk: Small | undefined
}

export interface Fault {
  /** For the table. */
  readonly says: string
  /** Which disk it fills. */
  readonly disk?: 'host' | 'state'
  /** Whether it happens before the run begins: a file system with a file that is being written does not become read-only. */
  readonly early?: true
  /** Begins at once, in the same turn of the event loop; ends when it has happened. */
  readonly strike: (scene: Scene) => void | Promise<void>
}

const table = {
  kill: { says: 'SIGKILL of the controller', strike: ({ run }) => void run?.kill('SIGKILL') },
  terminate: { says: 'SIGTERM', strike: ({ run }) => void run?.kill('SIGTERM') },
  interrupt: { says: 'Ctrl-C', strike: ({ run }) => void run?.kill('SIGINT') },
  'interrupt twice': {
    says: 'Ctrl-C twice',
    strike: async ({ run }) => {
      // the second one must not come before the first was taken: two pending signals of a kind are one
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
