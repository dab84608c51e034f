import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  isSecret,
  duration,
  ok,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, Ok, Secret, Verdict } from '../../engine/index.ts'
import {
  configText,
  draftOf,
  envFile,
  find,
  label,
  otherVariables,
  stateOf,
} from './containers/container-state.ts'
import type { Container, ContainerState, Found } from './containers/container-state.ts'

const variable = () =>
  z
    .union([z.string(), z.number().transform(String), z.custom<Secret>(isSecret).meta({ title: 'secret' })], {
      error: 'must be text, a number or a secret',
    })
    .refine((value) => !/[\n\r\0]/.test(isSecret(value) ? value.reveal() : value), {
      message:
        'must be one line: podman and docker cannot read a variable with several lines from a file; mount a file instead',
    })

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[A-Za-z0-9][\w.-]*$/, 'must have letters, digits, _, . and - only')
        .describe('the name of the container'),
      image: z
        .string()
        .regex(/^[^-\s]\S*$/, 'must be an image, such as docker.io/library/nginx:1.27')
        .optional()
        .describe('the image, preferably with the registry and a version'),
      command: words().default([]).describe('the command, instead of that of the image'),
      entrypoint: z.string().optional().describe('the program, instead of the entrypoint of the image'),
      ports: words().default([]).describe('published ports, such as 127.0.0.1:8080:80'),
      volumes: words().default([]).describe('mounts, such as /srv/data:/data:ro'),
      env: z
        .record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'), variable())
        .default({})
        .describe(
          'environment variables; in a playbook a value can be a Secret, but every user who can inspect the container sees it',
        ),
      restart: z
        .enum(['no', 'always', 'on-failure', 'unless-stopped'])
        .default('unless-stopped')
        .describe('the restart policy; podman also starts it at boot if podman-restart.service is enabled'),
      network: z.string().optional().describe('the network to connect to'),
      user: z.string().optional().describe('the user that the command runs as'),
      options: words().default([]).describe('more flags of `create`, such as --cap-drop=ALL'),
      pull: z
        .enum(['missing', 'always', 'never'])
        .default('missing')
        .describe(
          'when to pull the image; always pulls at every run, because only the registry knows whether the image is new',
        ),
      runtime: z
        .enum(['podman', 'docker'])
        .optional()
        .describe('by default podman if it is installed, else docker'),
      state: z
        .enum(['started', 'stopped', 'absent'])
        .default('started')
        .describe('stopped keeps the container; absent removes it'),
      timeout: duration().default(600).describe('seconds that pulling the image can take'),
    })
    .refine(({ image, state }) => image !== undefined || state === 'absent', {
      message: 'image is required',
      path: ['image'],
    })
type Params = z.output<ReturnType<typeof params>>

const withImage = (given: Params) => ({ ...given, image: given.image ?? '' })

/** The configuration as text with one value per line, for a diff. */
const pretty = (text: string): string => `${JSON.stringify(JSON.parse(text), undefined, 2)}
`

/** The changes for which a container must be recreated. */
const remakes = (found: Found, container: Container, given: Params): Change[] => {
  const config = withImage(given)
  const what = `container ${given.name}`
  // data in the container that is not in a volume would be lost
  if (container.made === undefined)
    throw new CoxswainError('task-failed', `the container ${given.name} was not created by this task`, {
      hint: 'remove it first (state=absent), or choose another name',
    })
  if (container.made !== configText(config))
    return [{ what, from: pretty(container.made), to: pretty(configText(config)) }]
  const others = otherVariables(config, container)
  return [
    ...(others.length === 0
      ? []
      : [{ what: `${what}: variables`, from: 'other values', to: others.join(', ') }]),
    ...(found.image === undefined || found.image === container.image
      ? []
      : [{ what: `${what}: image`, from: container.image.slice(0, 12), to: found.image.slice(0, 12) }]),
  ]
}

/** Whether it runs, or ended with status 0 and has no restart policy. */
const isStarted = ({ running, completed }: Container, { restart }: Params): boolean =>
  running || (completed && (restart === 'no' || restart === 'on-failure'))

/** Whether it is in the wanted state. */
const isAsWanted = (container: Container, given: Params): boolean =>
  given.state === 'started' ? isStarted(container, given) : !container.running

const changesOf = (found: Found, given: Params): Change[] => [
  ...(found.draft
    ? [{ what: `container ${draftOf(given.name)}`, from: 'left by an interrupted run', to: undefined }]
    : []),
  ...ownChanges(found, given),
]

const ownChanges = (found: Found, given: Params): Change[] => {
  const { container } = found
  const { name, state } = given
  const what = `container ${name}`
  if (state === 'absent')
    return container === undefined ? [] : [{ what, from: container.state, to: undefined }]
  if (container === undefined) return [{ what, to: pretty(configText(withImage(given))) }]
  return [
    ...remakes(found, container, given),
    ...(isAsWanted(container, given) ? [] : [{ what, from: container.state, to: state }]),
  ]
}

const missing = (): CoxswainError =>
  new CoxswainError('task-failed', 'neither podman nor docker is installed on the host', {
    hint: 'install one of them first',
  })

const lookAgain = async (ctx: ApplyContext, given: Params): Promise<Found> => {
  const found = await find(ctx, withImage(given))
  if (found === undefined) throw missing()
  return found
}

/** @throws `task-failed` if the image is needed, does not exist on the host, and must not be pulled. */
const refuseWithoutImage = (found: Found, given: Params): void => {
  if (given.pull !== 'never' || given.state === 'absent' || found.image !== undefined) return
  throw new CoxswainError('task-failed', `the image ${withImage(given).image} is not on the host`, {
    hint: 'load it there, or set pull=missing to pull it',
  })
}

/** Pulls the image if needed, and returns what exists on the host then. */
const fetched = async (ctx: ApplyContext, given: Params): Promise<Found> => {
  const found = await lookAgain(ctx, given)
  const { pull, timeout } = given
  const { image } = withImage(given)
  refuseWithoutImage(found, given)
  if (pull === 'never' || (pull === 'missing' && found.image !== undefined)) return found
  await ctx.remote.run({ timeout })`${found.runtime} pull -q ${image}`
  return lookAgain(ctx, given)
}

const optional = (flag: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`--${flag}=${value}`]

/** Removes a draft that an interrupted run left. */
const removeDraft = async (ctx: ApplyContext, { runtime: tool, draft }: Found, { name }: Params) => {
  if (draft) await ctx.remote.run`${tool} rm -f ${draftOf(name)}`
}

/** Creates the new container beside the old one, which is removed only after that. */
const make = async ({ remote }: ApplyContext, found: Found, given: Params): Promise<void> => {
  const { runtime: tool } = found
  const config = withImage(given)
  const { name, ports, volumes, restart, network, user, entrypoint, options, image, command } = config
  const draft = draftOf(name)
  const flags = [
    `--name=${draft}`,
    `--label=${label}=${configText(config)}`,
    `--restart=${restart}`,
    ...ports.map((port) => `--publish=${port}`),
    ...volumes.map((volume) => `--volume=${volume}`),
    ...optional('network', network),
    ...optional('user', user),
    ...optional('entrypoint', entrypoint),
    ...options,
  ]
  await remote.run({
    stdin: envFile(config),
  })`${tool} create --pull=never --env-file=/dev/stdin ${flags} ${[image, ...command]}`
  if (found.container !== undefined)
    await remote.run({
      timeout: 120,
      label: `remove the container ${name}`,
    })`${tool} stop ${name} && ${tool} rm -f ${name}`
  await remote.run`${tool} rename ${draft} ${name}`
}

const start = async (ctx: ApplyContext, found: Found, given: Params): Promise<void> => {
  const { runtime: tool } = found
  const result = await ctx.remote.run({ timeout: 120 })`${tool} start ${given.name}`.result()
  const now = await lookAgain(ctx, given)
  if (result.ok && now.container !== undefined && isStarted(now.container, given)) return
  const logs = await ctx.remote.query`${tool} logs --tail 12 ${given.name} 2>&1`.result()
  throw new CoxswainError(
    'task-failed',
    `the container ${given.name} does not stay up: ${now.container?.state}`,
    {
      output: `${result.stderr.trim()}\n${logs.stdout.trim()}`.trim(),
      hint: `check on the host: ${tool} logs ${given.name}; ${tool} inspect ${given.name}`,
    },
  )
}

/** Ensures that a container of podman or docker is running, stopped or absent. */
export const container = defineTask({
  name: 'container',
  description:
    'Ensures that a container of podman or docker is running, stopped or absent; it is recreated if its settings or its image differ.',
  reads: 'podman inspect or docker inspect of the container and of the image',
  example: { name: 'web', image: 'docker.io/library/nginx:1.27', ports: ['8080:80'] },
  params,
  title: ({ name, state }) => `container ${name} ${state}`,
  checkable: ({ pull, state }) => pull !== 'always' || state === 'absent',

  async check(ctx, given): Promise<Verdict<ContainerState | void>> {
    const found = await find(ctx, withImage(given))
    if (found !== undefined) {
      const changes = changesOf(found, given)
      if (changes.length > 0) refuseWithoutImage(found, given)
      if (changes.length > 0) return drift(...changes)
      const value = stateOf(found)
      return value === undefined ? ok() : ok(value)
    }
    return given.state === 'absent'
      ? driftUnlessEmpty([])
      : unknown('neither podman nor docker is installed yet')
  },

  // its value is that of the check after it
  async apply(ctx, given): Promise<Ok<ContainerState> | undefined> {
    const { name, state } = given
    if (state === 'absent') {
      const found = await lookAgain(ctx, given)
      const { runtime: tool } = found
      await removeDraft(ctx, found, given)
      if (found.container === undefined) return undefined
      await ctx.remote.run({
        timeout: 120,
        label: `remove the container ${name}`,
      })`${tool} stop ${name} && ${tool} rm -f ${name}`
      return undefined
    }
    const found = await fetched(ctx, given)
    await removeDraft(ctx, found, given)
    const fresh = found.container === undefined || remakes(found, found.container, given).length > 0
    if (fresh) await make(ctx, found, given)
    const running = !fresh && found.container?.running
    const wanted = !fresh && found.container !== undefined && isAsWanted(found.container, given)
    if (state === 'started' && !wanted) await start(ctx, found, given)
    if (state === 'stopped' && running) await ctx.remote.run({ timeout: 120 })`${found.runtime} stop ${name}`
    return undefined
  },
})
