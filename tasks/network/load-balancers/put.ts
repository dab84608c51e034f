/** Puts a configuration of haproxy in place. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

const reloadFile = shellFile(import.meta.url, 'reload-haproxy.sh')

/** Where a new configuration is written, so that haproxy can check it. */
export const nextOf = (dest: string): string => `${dest}.next`

/**
 * Lets haproxy check the new configuration beside the one in place, puts it there, and reloads a running haproxy.
 *
 * @throws `task-failed` if haproxy refuses it: what it would refuse must not take the place of what it runs with.
 */
export const putConfiguration = async (
  { remote }: ApplyContext,
  dest: string,
  hint: string,
): Promise<void> => {
  const next = nextOf(dest)
  const proof = await remote.run({ timeout: 30 })`haproxy -c -f ${next}`.result()
  if (!proof.ok) {
    await remote.remove(next)
    throw new CoxswainError('task-failed', 'haproxy refuses the configuration', {
      output: proof.stderr.trim() || proof.stdout.trim(),
      hint,
    })
  }
  await remote.run({
    timeout: 60,
    label: 'systemctl try-reload-or-restart haproxy',
  })`${shellProgram(reloadFile, next, dest)}`
}
