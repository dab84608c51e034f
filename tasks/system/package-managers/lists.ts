import type { CheckContext } from '../../../engine/index.ts'
import type { PackageManager } from './types.ts'

/** Seconds since the package lists were refreshed; undefined where there are none. */
export const ageOfLists = async (
  { remote }: CheckContext,
  { refreshed }: PackageManager,
): Promise<number | undefined> => {
  // the host's own clock, for it also wrote the times
  const seconds = await remote.query({
    label: 'read when the package lists were refreshed',
  })`(${refreshed}) 2>/dev/null; date +%s`.lines()
  const times = seconds.slice(0, -1).map(Number)
  return times.length === 0 ? undefined : Number(seconds.at(-1)) - Math.max(...times)
}
