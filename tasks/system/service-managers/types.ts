import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

/** The current state of a service. */
export interface Service {
  readonly exists: boolean
  /** If the service is not allowed to start: the command that allows it again. */
  readonly forbidden: string | undefined
  /** Whether it is masked: linked to /dev/null, so that nothing can start it. */
  readonly masked: boolean
  /** Whether its file changed since the manager read it. */
  readonly stale: boolean
  /** Its state, as the manager names it. */
  readonly active: string
  /** Whether it is running; for a oneshot service, whether it has succeeded since boot. */
  readonly running: boolean
  /** Whether it is stopped and will not start by itself. A service that keeps restarting is neither stopped nor running. */
  readonly stopped: boolean
  /** Its state at boot, as the manager names it. */
  readonly enabled: string
  /** Whether it starts at boot, by itself or because another service requires it. */
  readonly atBoot: boolean
  /** Whether it can be disabled. */
  readonly removable: boolean
}

/** Operations of a service manager. */
export interface ServiceManager {
  state(ctx: CheckContext, name: string): Promise<Service>
  start(ctx: ApplyContext, name: string): Promise<void>
  stop(ctx: ApplyContext, name: string): Promise<void>
  enable(ctx: ApplyContext, name: string): Promise<void>
  disable(ctx: ApplyContext, name: string): Promise<void>
  restart(ctx: ApplyContext, name: string): Promise<void>
  /** Reloads it, or restarts it if it cannot reload. */
  reload(ctx: ApplyContext, name: string): Promise<void>
  /** Masks a service, or removes the mask; undefined for a manager that cannot. */
  readonly mask?: (ctx: ApplyContext, name: string, masked: boolean) => Promise<void>
  /** Reads changed files of services again; undefined for a manager that always reads them. */
  readonly readAgain?: (ctx: ApplyContext) => Promise<void>
  /** The hint for a service that does not exist. */
  readonly whenMissing: string
}

/** Timeout in seconds for starting or stopping a service. */
export const serviceTime = 300
