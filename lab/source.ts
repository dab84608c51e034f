/** Where a demo takes its Kubernetes from. */
import { LabError } from './say.ts'

/** The release that is built from Debian's source package. */
export const debianRelease = '1.20'

/** Its version. */
export const debianVersion = 'v1.20.2'

/** What is known before anything is downloaded or built. */
export interface Circumstances {
  /** The minor release that the user asked for. */
  readonly asked?: string | undefined
  /** The folder or URL of a release that the user named. */
  readonly releaseFrom?: string | undefined
  /** All releases that a lab can run, oldest first. */
  readonly releases: readonly string[]
  /** The release that Debian has as a source package. */
  readonly debian: string
  /** The releases whose bundle is in the cache. */
  readonly cached: readonly string[]
  /** Whether official programs and images can be downloaded. */
  readonly official: boolean
  /** The minor version of Go, 0 where it is not installed. */
  readonly go: number
  readonly cores: number
}

/** One way to get a release. */
export interface Source {
  readonly kind: 'cache' | 'release' | 'modules' | 'debian'
  readonly release: string
  /** How long it takes until the bundle is there, about. */
  readonly minutes: number
  /** What it is, as a noun phrase. */
  readonly what: string
}

/** What was chosen. */
export interface Choice {
  readonly source: Source
  readonly why: string
  /** What else can be asked for, and how. */
  readonly others: readonly string[]
}

/** The longest time for a release that was not asked for, in minutes. */
const patience = 10

/** The oldest Go that reads the modules; it gets the newer one that they ask for by itself. */
export const oldestGo = 24

/** Processor minutes for Kubernetes and the rest from modules, with a margin. */
const moduleMinutes = 32

/** The quickest way to get a release; undefined if there is none. */
const quickest = (release: string, has: Circumstances): Source | undefined => {
  if (has.releaseFrom !== undefined)
    return { kind: 'release', release, minutes: 2, what: `the release in ${has.releaseFrom}` }
  if (has.cached.includes(release))
    return { kind: 'cache', release, minutes: 0, what: 'the bundle in the cache' }
  if (release === has.debian) return { kind: 'debian', release, minutes: 5, what: "Debian's source package" }
  if (has.official) return { kind: 'release', release, minutes: 2, what: 'the official programs and images' }
  if (has.go < oldestGo) return undefined
  return { kind: 'modules', release, minutes: Math.ceil(moduleMinutes / has.cores), what: 'Go modules' }
}

const timeOf = ({ minutes }: Source): string => (minutes === 0 ? 'at once' : `about ${minutes} minutes`)

/** Why newer releases than the chosen one are not taken without being asked for. */
const whyNot = (has: Circumstances): string =>
  has.go < oldestGo
    ? `newer ones need a network with the official releases, or Go 1.${oldestGo}`
    : `newer ones take longer than ${patience} minutes with ${has.cores} cores`

const noWay = (release: string, { debian, releases }: Circumstances): LabError =>
  releases.includes(release)
    ? new LabError(
        `Kubernetes ${release} is not in the cache, the official releases cannot be reached, and Go 1.${oldestGo} is not installed`,
        `install Go, name a copy of the release with --release-from, or use --kubernetes ${debian}`,
      )
    : new LabError(
        `the lab does not have Kubernetes ${release}`,
        `set --kubernetes to one of ${releases.join(', ')}`,
      )

/**
 * Chooses where Kubernetes comes from: the release that was asked for by its quickest way, or else the newest one that takes at
 * most ten minutes.
 *
 * @throws LabError if the release that was asked for cannot be had.
 */
export const chooseSource = (has: Circumstances): Choice => {
  const ways = has.releases.flatMap((release) => quickest(release, has) ?? []).toReversed()
  const asked = ways.find(({ release }) => release === has.asked)
  if (has.asked !== undefined && asked === undefined) throw noWay(has.asked, has)
  const source = asked ?? ways.find(({ minutes }) => minutes <= patience)
  if (source === undefined) throw noWay(has.debian, has)
  const newest = has.releases.at(-1)
  const why =
    has.asked !== undefined
      ? 'it was asked for'
      : source.release === newest
        ? `it is the newest one, and takes at most ${patience} minutes`
        : whyNot(has)
  return {
    source,
    why,
    others: [
      ...ways
        .filter(({ release }) => release !== source.release)
        .map((way) => `--kubernetes ${way.release}  ${way.what}, ${timeOf(way)}`),
      ...(has.releaseFrom === undefined
        ? ['--release-from FOLDER|URL  a copy of an official release, about 2 minutes']
        : []),
    ],
  }
}

/** The lines that say what was chosen. */
export const choiceLines = ({ source, why, others }: Choice): string[] => [
  `lab: Kubernetes ${source.release} from ${source.what}, ${timeOf(source)}: ${why}`,
  ...(others.length > 0 ? ['lab: other choices:', ...others.map((other) => `       ${other}`)] : []),
]
