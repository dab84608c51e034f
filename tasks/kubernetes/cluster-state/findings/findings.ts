/** All findings in the state of a cluster. Pure. */
import { severities } from '../../../shared/finding.ts'
import type { Finding } from '../../../shared/finding.ts'
import type { ClusterState } from '../types.ts'
import { findingsOfApi } from './api.ts'
import { findingsOfEtcd } from './etcd.ts'
import { findingsOfHosts } from './hosts.ts'
import { findingsOfWorkers } from './workers.ts'

/**
 * What is wrong with a cluster, faults first. What could not be asked is `not known`, and never a fault.
 *
 * @param port the port of the API servers.
 */
export const clusterFindings = (state: ClusterState, port = 6443): Finding[] =>
  [
    ...findingsOfEtcd(state),
    ...findingsOfApi(state, port),
    ...findingsOfHosts(state),
    ...findingsOfWorkers(state),
  ].toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
