/** The wanted state of a container, and its current state in podman or docker. */
import { CoxswainError, Secret, isSecret, z, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const findContainer = shellFile(import.meta.url, 'find.sh')

/** The label with the configuration that a container was created from, so that differences can be shown. */
export const label = 'coxswain.config'

/** The configuration of a container. */
export interface Config {
  readonly image: string
  readonly command: readonly string[]
  readonly entrypoint?: string | undefined
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly env: Readonly<Record<string, string | Secret>>
  readonly restart: string
  readonly network?: string | undefined
  readonly user?: string | undefined
  readonly options: readonly string[]
}

/** The current state of a container. */
export interface Container {
  readonly image: string
  readonly running: boolean
  readonly state: string
  /** Whether it ended with exit status 0. */
  readonly completed: boolean
  /** The configuration that it was created from; undefined if this task did not create it. */
  readonly made: string | undefined
  readonly env: ReadonlyMap<string, string>
}

/** What exists on a host. */
export interface Found {
  readonly runtime: 'podman' | 'docker'
  readonly container: Container | undefined
  /** Whether an interrupted run left a draft of the new container. */
  readonly draft: boolean
  /** The ID of the image with this name; undefined if it is not on the host. */
  readonly image: string | undefined
}

/** A container as it is after the task. */
export interface ContainerState {
  readonly runtime: 'podman' | 'docker'
  /** The ID of its image. */
  readonly image: string
  readonly running: boolean
}

/** The value of the task; undefined without a container. */
export const stateOf = ({ runtime, container }: Found): ContainerState | undefined =>
  container && { runtime, image: container.image, running: container.running }

/** The configuration as text without secrets; equal for equal configurations. */
export const configText = ({ env, ...rest }: Config): string => {
  const names = Object.keys(env).toSorted()
  const shown = names.map((name) => [name, isSecret(env[name]) ? '(a secret)' : env[name]])
  const { image, command, entrypoint, ports, volumes, restart, network, user, options } = rest
  return JSON.stringify({
    image,
    command,
    entrypoint,
    ports,
    volumes,
    env: Object.fromEntries(shown),
    restart,
    network,
    user,
    options,
  })
}

/** The environment as a file for podman and docker: one variable per line, without quoting. */
export const envFile = ({ env }: Config): Secret =>
  new Secret(
    Object.entries(env)
      .map(([name, value]) => `${name}=${isSecret(value) ? value.reveal() : value}\n`)
      .join(''),
  )

/** The variables whose value in the container differs from the wanted one. */
export const otherVariables = ({ env }: Config, container: Container): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    container.env.get(name) === (isSecret(value) ? value.reveal() : value) ? [] : [name],
  )

const inspected = z.array(
  z.object({
    Image: z.string(),
    State: z.object({ Running: z.boolean(), Status: z.string(), ExitCode: z.number().optional() }),
    Config: z.object({
      Labels: z.record(z.string(), z.string()).nullish(),
      Env: z.array(z.string()).nullish(),
    }),
  }),
)

const plainId = (id: string): string => id.trim().replace(/^sha256:/, '')

const containerIn = (text: string): Container | undefined => {
  const [one] = inspected.parse(JSON.parse(text === '' ? '[]' : text))
  if (one === undefined) return undefined
  const pairs = (one.Config.Env ?? []).map((line): [string, string] => {
    const cut = line.indexOf('=')
    return [line.slice(0, cut), line.slice(cut + 1)]
  })
  return {
    image: plainId(one.Image),
    running: one.State.Running,
    state: one.State.Status,
    completed: one.State.Status === 'exited' && one.State.ExitCode === 0,
    made: one.Config.Labels?.[label],
    env: new Map(pairs),
  }
}

const none = 101

/** The name of the new container before it replaces the old one. */
export const draftOf = (name: string): string => `${name}.coxswain-new`

/** Finds a container and its image; undefined if neither podman nor docker is installed. */
export const find = async (
  { remote }: CheckContext,
  {
    name,
    image,
    runtime,
  }: { readonly name: string; readonly image: string; readonly runtime?: string | undefined },
): Promise<Found | undefined> => {
  const candidates = runtime === undefined ? ['podman', 'docker'] : [runtime]
  // its environment can contain secrets
  const result = await remote.query({
    quiet: true,
  })`${shellProgram(findContainer, name, draftOf(name), image, candidates)}`.result()
  if (result.code === none) return undefined
  if (!result.ok)
    throw new CoxswainError('task-failed', 'the containers of the host cannot be listed', {
      output: result.stderr.trim().split('\n').slice(-5).join('\n'),
      hint: 'check that its service is running and that this user can use it; become root, or the user who owns the containers',
    })
  const [first = '', id = '', ...rest] = result.stdout
    .split('\n')
    .filter((line, index) => index < 2 || line !== '')
  const [tool, draft] = first.split(' ')
  return {
    runtime: tool === 'docker' ? 'docker' : 'podman',
    draft: draft !== undefined,
    image: id === '' ? undefined : plainId(id),
    container: containerIn(rest.join('\n')),
  }
}
