/** A container as it shall be and as podman or docker shows it. */
import { CoxswainError, Secret, isSecret, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

/** The label of a container that says what it was made of: its difference to what is wanted can be shown. */
export const label = 'coxswain.config'

/** What a container is made of. */
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

/** A container, as it is. */
export interface Container {
  readonly image: string
  readonly running: boolean
  readonly state: string
  /** Whether it ran to its end and ended well. */
  readonly completed: boolean
  /** What it was made of; undefined when somebody else made it. */
  readonly made: string | undefined
  readonly env: ReadonlyMap<string, string>
}

/** What there is on a host. */
export interface Found {
  readonly runtime: 'podman' | 'docker'
  readonly container: Container | undefined
  /** Whether an interrupted run has left the container that was to take its place. */
  readonly draft: boolean
  /** The image that the name stands for now; undefined when it is not on the host. */
  readonly image: string | undefined
}

/** What a container is made of, as text without secrets; the same for the same. */
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

/** Its environment as a file of podman and docker, which know no quoting: a line each. */
export const envFile = ({ env }: Config): Secret =>
  new Secret(
    Object.entries(env)
      .map(([name, value]) => `${name}=${isSecret(value) ? value.reveal() : value}\n`)
      .join(''),
  )

/** The variables that a container does not have as they are wanted. */
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

/** The container that is made, before it takes the place of the old one. */
export const draftOf = (name: string): string => `${name}.coxswain-new`

/** What there is of a container and its image; undefined where there is neither podman nor docker. */
export const find = async (
  { remote }: CheckContext,
  {
    name,
    image,
    runtime,
  }: { readonly name: string; readonly image: string; readonly runtime?: string | undefined },
): Promise<Found | undefined> => {
  const candidates = runtime === undefined ? ['podman', 'docker'] : [runtime]
  // its environment may hold secrets
  const result = await remote.query({
    quiet: true,
  })`for t in ${candidates}; do command -v "$t" >/dev/null && break; t=; done; [ -n "$t" ] || exit ${none}; n=$("$t" ps -a --format '{{.Names}}') || exit; d=; if printf '%s\n' "$n" | grep -Fxq -- ${draftOf(name)}; then d=' draft'; fi; echo "$t$d"; "$t" image inspect --format '{{.Id}}' ${image} 2>/dev/null || echo; if printf '%s\n' "$n" | grep -Fxq -- ${name}; then "$t" container inspect ${name}; fi`.result()
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
