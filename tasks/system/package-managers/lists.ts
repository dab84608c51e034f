import type { CheckContext } from '../../../engine/index.ts'
import type { PackageManager } from './types.ts'

/** Seconds since the package lists were refreshed; undefined if there are no lists. */
export const ageOfLists = async (
  { remote }: CheckContext,
  { refreshed }: PackageManager,
): Promise<number | undefined> => {
  // uses the host's clock, which also set the times
  const seconds = await remote.query({
    label: 'read when the package lists were refreshed',
  })`(${refreshed}) 2>/dev/null; date +%s`.lines()
  const times = seconds.slice(0, -1).map(Number)
  return times.length === 0 ? undefined : Number(seconds.at(-1)) - Math.max(...times)
}
