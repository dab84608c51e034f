/** Which servers of a load balancer are ready, asked from its host. */
import { isCoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const readyFile = shellFile(import.meta.url, 'ready-servers.sh')

/** The URLs that answer with status 200; undefined if they cannot be asked. */
export const readyUrls = async (
  { remote }: Pick<CheckContext, 'remote'>,
  urls: readonly string[],
): Promise<ReadonlySet<string> | undefined> => {
  const ask = remote.query({ timeout: 60, label: 'which API servers are ready' })
  try {
    const { ok: asked, stdout } = await ask`${shellProgram(readyFile, ...urls)}`.result()
    return asked ? new Set(stdout.split('\n')) : undefined
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'command-timeout') return undefined
    throw error
  }
}
