/** The main playbook on real clusters, for each release and each kind of hosts that is tried. */
import { e2eHosts, e2eKilled, e2eReleases } from '../support/e2e-releases.ts'
import { testHaMasters } from '../support/ha-masters.ts'
import { testOtherHosts } from '../support/other-hosts.ts'

for (const release of e2eReleases) testHaMasters({ release, killed: e2eKilled(release) })

for (const kind of e2eHosts) testOtherHosts(kind)
