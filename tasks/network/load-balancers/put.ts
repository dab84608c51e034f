/** Puts a configuration of haproxy or keepalived in place. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

const reloadFile = shellFile(import.meta.url, 'reload.sh')

/**
 * The commands that only check a configuration. keepalived sends SIGTERM to its process group when it ends, which the shell
 * that has started it is in, so it gets a session of its own.
 */
const proofs = {
  haproxy: ['haproxy', '-c', '-f'],
  keepalived: ['setsid', '-w', 'keepalived', '-t', '-f'],
} as const

/** Where a new configuration is written, so that the program can check it. */
export const nextOf = (dest: string): string => `${dest}.next`

/** A configuration that is to be put in place. */
interface Configuration {
  /** The program, and the name of its service. */
  readonly service: keyof typeof proofs
  readonly dest: string
  /** The way out where the program refuses the configuration. */
  readonly hint: string
}

/**
 * Lets the program check the new configuration beside the one in place, puts it there, and reloads the service if it runs.
 *
 * @throws `task-failed` if it is refused: what would be refused must not take the place of what the service runs with.
 */
export const putConfiguration = async (
  { remote }: ApplyContext,
  { service, dest, hint }: Configuration,
): Promise<void> => {
  const next = nextOf(dest)
  const proof = await remote.run({ timeout: 30 })`${[...proofs[service]]} ${next}`.result()
  if (!proof.ok) {
    await remote.remove(next)
    throw new CoxswainError('task-failed', `${service} refuses the configuration`, {
      output: proof.stderr.trim() || proof.stdout.trim(),
      hint,
    })
  }
  await remote.run({
    timeout: 60,
    label: `systemctl try-reload-or-restart ${service}`,
  })`${shellProgram(reloadFile, next, dest, service)}`
}
