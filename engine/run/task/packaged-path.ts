/** Paths that a package may bring. Pure. */
import { posix } from 'node:path'

/** The paths in a task's parameters, however deep. */
const pathsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.startsWith('/') ? [posix.normalize(value)] : []
  if (Array.isArray(value)) return value.flatMap(pathsIn)
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.values(value).flatMap(pathsIn) : []
}

/** Where packages have their files, by the Filesystem Hierarchy Standard: not below /home, /tmp or /usr/local. */
const ofPackages = /^\/(?:boot|etc|lib\w*|opt|s?bin|usr(?!\/local\/)|var(?!\/tmp\/))\//

/** Whether a path is one of some others, or below one of them. */
const isIn = (paths: readonly string[], path: string): boolean =>
  paths.some((one) => path === one || path.startsWith(`${one}/`))

/**
 * Whether a path may come with a package, and is one that parameters name, or below one.
 *
 * @example
 * namesPackagedPath({ path: '/etc/logrotate.d/nginx' }, '/etc/logrotate.d/nginx') // true
 */
export const namesPackagedPath = (params: unknown, path: string): boolean =>
  ofPackages.test(path) && isIn(pathsIn(params), path)
