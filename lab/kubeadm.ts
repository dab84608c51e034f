/** kubeadm alone, to ask it what it knows. */
import { join } from 'node:path'
import { bundle, isCached, labReleases } from './bundles.ts'
import { compiledBy, goEnvironment, moduleFolder, recipes, versionOf } from './go.ts'
import type { Recipe } from './recipes.ts'
import { LabError } from './say.ts'
import { debianRelease } from './source.ts'

/** The releases whose kubeadm alone can be built from Go modules, in addition to those of {@link labReleases}. */
const kubeadmAlone = ['1.21', '1.24', '1.28', '1.29', '1.30', '1.31', '1.32', '1.33']

/** The releases whose kubeadm can be built, oldest first. */
export const kubeadmReleases: readonly string[] = [...labReleases, ...kubeadmAlone].toSorted(
  (one, other) => Number(one.split('.')[1]) - Number(other.split('.')[1]),
)

/**
 * The program kubeadm of a release: that of its bundle if it is in the cache, else built alone, which takes a processor 2 to 6
 * minutes.
 *
 * @throws LabError if it cannot be built.
 */
export const kubeadmOf = async (release: string): Promise<string> => {
  if (release === debianRelease || (await isCached(release)))
    return join((await bundle({ kubernetes: release })).folder, 'bin', 'kubeadm')
  if (!kubeadmReleases.includes(release))
    throw new LabError(`kubeadm ${release} cannot be built here`, `take one of ${kubeadmReleases.join(', ')}`)
  const version = await versionOf(release)
  const recipe: Recipe = {
    name: `parts/kubeadm-${version}`,
    what: `building kubeadm ${version} from Go modules (2 to 6 minutes of a processor, once)`,
    paths: [join(recipes, 'kubernetes.sh'), moduleFolder(release)],
    words: [release, version, 'kubeadm'],
    env: goEnvironment(),
  }
  return join(await compiledBy(`kubeadm ${release}`, recipe), 'kubeadm')
}
