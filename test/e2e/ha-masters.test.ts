/** The main playbook on real clusters, for each release that is tried. */
import { e2eReleases } from '../support/e2e-releases.ts'
import { testHaMasters } from '../support/ha-masters.ts'

const [oldest, newest] = [e2eReleases[0], e2eReleases.at(-1)]

// a run that is killed takes some minutes to be completed, so each release has one strategy for it
for (const release of e2eReleases)
  testHaMasters({
    release,
    killed: release === oldest ? ['phases'] : release === newest ? ['join'] : [],
  })
