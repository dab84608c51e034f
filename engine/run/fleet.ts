import type { HostLock } from '../connection/shell/lock.ts'
import type { OpenFiles } from '../connection/open-files.ts'
import type { Connection, Identity } from '../connection/types.ts'
import type { HostIdentity } from '../dsl/types.ts'
import type { Secret } from '../secret.ts'

/** A host that can be worked on. */
export interface FleetHost extends HostIdentity {
  /** How another user is become. */
  readonly becomeMethod: Identity['method']
  /** Given to what asks when another user is become. */
  readonly becomePassword: Secret | undefined
  /** Everything about it that must not be seen: what logs in, what opens keys. */
  readonly secrets: readonly Secret[]
  /** Whom to become where the play does not say: the inventory's `become` and `become_user`. */
  readonly become: boolean | string
  /**
   * The files of this machine that its connection keeps open at least.
   *
   * @param users as whom tasks act there: the name of one that is become, and `''` for the login user.
   */
  readonly files?: ((users: ReadonlySet<string>) => Promise<OpenFiles>) | undefined
  /**
   * Opens what is still sealed of how to reach it: of a host that no play touches, but a task asks. Absent where nothing
   * is. After it this host may be another object, of the same name.
   *
   * @param reach all of it unless given, or what it takes to log in.
   */
  readonly ready?: ((reach?: true | 'login') => Promise<void>) | undefined
  /**
   * Made when it is first wanted, then the same one.
   *
   * @param lock keeps other runs off the host, where there is one.
   */
  connect(lock?: HostLock): Connection
}

/** Whom to become on a host, and how; undefined for the login user. */
export const identityOf = (
  { becomeMethod: method, becomePassword: password }: FleetHost,
  become: boolean | string,
): Identity | undefined =>
  become === false ? undefined : { method, user: become === true ? 'root' : become, password }

/** The hosts of a run by name, and who is meant by a pattern. */
export interface Fleet {
  readonly hosts: ReadonlyMap<string, FleetHost>
  /** Hosts of a pattern, in its order (see `matchHosts`); throws `pattern-invalid`. */
  match(pattern: string): readonly string[]
}
