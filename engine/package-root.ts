/** The folder of this package: a checkout, or the folder that npm installed. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The nearest parent folder with a package.json: sources and bundles are at different depths. */
const nearestPackage = (from: URL): URL =>
  existsSync(new URL('package.json', from)) ? from : nearestPackage(new URL('../', from))

/** The URL of this package's folder, with a slash at its end. */
export const packageUrl: string = nearestPackage(new URL('./', import.meta.url)).href

/** The path of this package's folder, with a slash at its end. */
export const packageRoot: string = fileURLToPath(packageUrl)

/** Whether the bundle in `dist/` is running; otherwise, sources are. */
export const isBundled: boolean = import.meta.url.startsWith(`${packageUrl}dist/`)

/** The version of this package. */
export const packageVersion = (): string => {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8'))
  return String(version)
}
