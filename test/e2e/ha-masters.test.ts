/** The main playbook on real clusters, for each release and each kind of hosts that is tried. */
import { e2eHosts, e2eReleases } from '../support/e2e-releases.ts'
import { testHaMasters } from '../support/ha-masters.ts'
import { testOtherHosts } from '../support/other-hosts.ts'

const [oldest, newest] = [e2eReleases[0], e2eReleases.at(-1)]

// a run that is killed takes some minutes to be completed, so each release has one strategy for it
for (const release of e2eReleases)
  testHaMasters({
    release,
    killed: release === oldest ? ['phases'] : release === newest ? ['join'] : [],
  })

for (const kind of e2eHosts) testOtherHosts(kind)
