/** Paths that a package can install. Pure. */
import { posix } from 'node:path'

/** The paths in the nested parameters of a task. */
const pathsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.startsWith('/') ? [posix.normalize(value)] : []
  if (Array.isArray(value)) return value.flatMap(pathsIn)
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.values(value).flatMap(pathsIn) : []
}

/** Folders of packages by the Filesystem Hierarchy Standard: not /home, /tmp or /usr/local. */
const ofPackages = /^\/(?:boot|etc|lib\w*|opt|s?bin|usr(?!\/local\/)|var(?!\/tmp\/))\//

/** Whether a path is one of these paths, or below one of them. */
const isIn = (paths: readonly string[], path: string): boolean =>
  paths.some((one) => path === one || path.startsWith(`${one}/`))

/**
 * Whether a package can install a path, and parameters name the path or a parent of it.
 *
 * @example
 * namesPackagedPath({ path: '/etc/logrotate.d/nginx' }, '/etc/logrotate.d/nginx') // true
 */
export const namesPackagedPath = (params: unknown, path: string): boolean =>
  ofPackages.test(path) && isIn(pathsIn(params), path)
