/** What Go compiles from the modules of this folder. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { cacheFolder, labFolder } from './machine.ts'
import { folderOf, made } from './recipes.ts'
import type { Recipe } from './recipes.ts'
import { LabError } from './say.ts'
import { debianRelease, debianVersion, oldestGo } from './source.ts'

/** The recipes of bundles and their parts. */
export const recipes = join(labFolder, 'bundle')
/** The folder with the go.mod and go.sum of a part or a release. */
export const moduleFolder = (name: string): string => join(recipes, 'modules', name)

/** Where the Go compiler keeps what it compiled: about 3 GB for a minor release. */
const buildCache = (): string => join(cacheFolder(), 'work', 'go-build')

/** Removes what the compiler keeps. Bundles stay; another bundle of the same release takes as long as the first one again. */
export const dropBuildCache = (): Promise<void> => rm(buildCache(), { recursive: true, force: true })

/** The minor version of Go on this machine, such as 26; 0 if it is not installed. */
export const goMinor = async (): Promise<number> => {
  const { stdout } = await $({ quiet: true, nothrow: true })`go env GOVERSION`
  return Number(/^go1\.(\d+)/.exec(stdout)?.[1] ?? 0)
}

/** @throws LabError if Go is not installed, or too old. */
export const requireGo = async (what: string): Promise<void> => {
  const minor = await goMinor()
  if (minor >= oldestGo) return
  throw new LabError(
    `${what} is built by Go 1.${oldestGo} or later: ${minor === 0 ? 'go is not installed' : `this is 1.${minor}`}`,
    `install it from https://go.dev/dl, set --bundle to a folder of the release, or use --kubernetes ${debianRelease}`,
  )
}

/** What the Go compiler needs in its environment. */
export const goEnvironment = (): Record<string, string> => ({ GOCACHE: buildCache() })

/** Programs that Go compiles from a module. */
export const tools = (name: string): Recipe => ({
  name: `parts/${name}`,
  what: `building ${name === 'addons' ? 'etcd, CoreDNS and flannel' : name} from Go modules (a minute or two, once)`,
  paths: [join(recipes, 'tools.sh'), moduleFolder(name)],
  words: [name],
  env: goEnvironment(),
})

/** The version of a release here: that of its module, or of Debian's package. */
export const versionOf = async (release: string): Promise<string> => {
  if (release === debianRelease) return debianVersion
  const text = await readFile(join(moduleFolder(release), 'go.mod'), 'utf8')
  const version = /^require k8s\.io\/kubernetes (v\S+)$/m.exec(text)?.[1]
  if (version === undefined) throw new Error(`modules/${release}/go.mod does not require k8s.io/kubernetes`)
  return version
}

/** The folder of a recipe that needs Go: built if it is not in the cache. */
export const compiledBy = async (what: string, recipe: Recipe): Promise<string> => {
  if (!existsSync(await folderOf(recipe))) await requireGo(what)
  return made(recipe)
}

/** The folder with containerd 2 from Go modules: built if it is not in the cache. */
export const containerdPrograms = (): Promise<string> => compiledBy('containerd 2', tools('containerd'))
