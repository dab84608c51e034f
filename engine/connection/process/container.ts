/** Containers on this machine, through `docker exec` or `podman exec`. Pure. */
import { CoxswainError } from '../../errors.ts'
import type { Program, ProgramEnd } from './process-transport.ts'

/** The settings of a connection to a container. */
export interface ContainerSettings {
  readonly engine: 'docker' | 'podman'
  /** Its name or ID. */
  readonly container: string
  /** The user that commands run as: a name, or a UID if the container has no name for it. */
  readonly user: string
  /** Seconds until a command must have started. */
  readonly connectTimeout: number
}

const lastLine = (said: string): string => said.trim().split('\n').at(-1)?.trim() ?? ''

/** Messages of the engines about an unknown container, and about one that is not running. */
const unknown = /no such container|no container with name or ID|no such object/i
const stopped =
  /is not running|can only create exec sessions on running containers|is paused|container state improper/i
const shellMissing = /exec: "[^"]*": (executable file not found|stat )/i
const engineAway =
  /cannot connect to|is the docker daemon running|connection refused|permission denied while trying/i
const userMissing = /unable to find user|no matching entries in passwd|no such user/i

const explain = (
  { engine, container, user }: ContainerSettings,
  { code, said }: ProgramEnd,
): CoxswainError => {
  const output = said.trim()
  const words = lastLine(said) || `${engine} exited with ${code ?? 'a signal'}`
  const failed = (what: string, hint: string): CoxswainError =>
    new CoxswainError('connect-failed', what, { output, hint })
  if (unknown.test(said))
    return failed(
      `${engine} does not have a container ${container}`,
      `\`${engine} ps --all\` lists the containers`,
    )
  if (stopped.test(said))
    return failed(`the container ${container} is not running`, `start it: \`${engine} start ${container}\``)
  if (userMissing.test(said))
    return new CoxswainError('auth-failed', `the container ${container} has no user ${user}`, {
      output,
      hint: 'set the variable user to a user that exists in the container, or to a UID',
    })
  if (shellMissing.test(said))
    return new CoxswainError('shell-failed', `the container ${container} does not have sh: ${words}`, {
      output,
      hint: 'a container without a shell cannot be changed; build a new image instead',
    })
  if (engineAway.test(said))
    return failed(
      `${engine} does not answer: ${words}`,
      `check that ${engine} is running on this machine, and that you have permission to use it`,
    )
  return failed(
    `cannot connect to ${engine}:${container}: ${words}`,
    `try \`${engine} exec ${container} sh\` by hand`,
  )
}

/** The program that runs commands in a container. */
export const containerProgram = (settings: ContainerSettings): Program => {
  const { engine, container, user, connectTimeout } = settings
  return {
    description: `${engine}:${container}`,
    user,
    seconds: connectTimeout,
    throttle: undefined,
    retries: 0,
    judge: () => 'final',
    words: (command) => [engine, 'exec', '-i', '-u', user, container, 'sh', '-c', command],
    explain: (end) => explain(settings, end),
  }
}
