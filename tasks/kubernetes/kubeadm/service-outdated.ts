import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const outdated = shellFile(import.meta.url, 'service-outdated.sh')

/**
 * Whether a service was started before one of its files was changed, by whoever: it does not use them yet.
 *
 * @param files paths, or names of programs. Those of packages have the time when they were built, and their packages restart services.
 */
export const isServiceOutdated = (
  { remote }: CheckContext,
  service: string,
  files: readonly string[],
): Promise<boolean> =>
  remote.query({
    label: `does the ${service} use its files?`,
  })`${shellProgram(outdated, service, ...files)}`.succeeds()
