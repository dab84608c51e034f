import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

/** A service as it is. */
export interface Service {
  readonly exists: boolean
  /** Somebody forbade that it starts, in the words that allow it again. */
  readonly forbidden: string | undefined
  /** Its state in the manager's own word. */
  readonly active: string
  /** Whether it runs; of one that runs once and ends, whether it has done so since the boot. */
  readonly running: boolean
  /** Whether it runs no more, and will not by itself: one that is started again and again is neither this nor running. */
  readonly stopped: boolean
  /** How it stands with the boot, in the manager's own word. */
  readonly enabled: string
  /** Whether it is there after a boot, by itself or because another wants it. */
  readonly atBoot: boolean
  /** Whether there is something that could be taken away, so that it is there no more. */
  readonly removable: boolean
}

/** What one of the managers of services can do for us. */
export interface ServiceManager {
  state(ctx: CheckContext, name: string): Promise<Service>
  start(ctx: ApplyContext, name: string): Promise<void>
  stop(ctx: ApplyContext, name: string): Promise<void>
  enable(ctx: ApplyContext, name: string): Promise<void>
  disable(ctx: ApplyContext, name: string): Promise<void>
  restart(ctx: ApplyContext, name: string): Promise<void>
  /** Restarts it where it cannot reload. */
  reload(ctx: ApplyContext, name: string): Promise<void>
  /** What to do where a service does not exist. */
  readonly whenMissing: string
}

/** Seconds that a service may take to start or stop. */
export const serviceTime = 300
