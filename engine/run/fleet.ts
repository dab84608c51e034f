import type { HostLock } from '../connection/shell/lock.ts'
import type { OpenFiles } from '../connection/open-files.ts'
import type { Connection, Identity } from '../connection/types.ts'
import type { HostIdentity } from '../dsl/types.ts'
import type { Secret } from '../secret.ts'

/** A host of the run. */
export interface FleetHost extends HostIdentity {
  /** The method of becoming another user. */
  readonly becomeMethod: Identity['method']
  /** The password for becoming another user. */
  readonly becomePassword: Secret | undefined
  /** All its secrets: passwords for login, passphrases of keys. */
  readonly secrets: readonly Secret[]
  /** The default user to become: the inventory's `become` and `become_user`. */
  readonly become: boolean | string
  /**
   * The minimum number of local files that its connection keeps open.
   *
   * @param users the users that tasks act as there: names, and `''` for the login user.
   */
  readonly files?: ((users: ReadonlySet<string>) => Promise<OpenFiles>) | undefined
  /**
   * Decrypts its connection variables, for a host that is in no play but is used by a task. Undefined if nothing is
   * encrypted. Afterwards, this host can be another object of the same name.
   *
   * @param reach which variables: all by default, or those for the login.
   */
  readonly ready?: ((reach?: true | 'login') => Promise<void>) | undefined
  /**
   * Returns its connection, which is made at the first call.
   *
   * @param lock locks the host against other runs.
   */
  connect(lock?: HostLock): Connection
}

/** The user to become on a host, with method and password; undefined for the login user. */
export const identityOf = (
  { becomeMethod: method, becomePassword: password }: FleetHost,
  become: boolean | string,
): Identity | undefined =>
  become === false ? undefined : { method, user: become === true ? 'root' : become, password }

/** The hosts of a run by name, and the hosts of a pattern. */
export interface Fleet {
  readonly hosts: ReadonlyMap<string, FleetHost>
  /** Hosts of a pattern, in its order (see `matchHosts`); throws `pattern-invalid`. */
  match(pattern: string): readonly string[]
}
