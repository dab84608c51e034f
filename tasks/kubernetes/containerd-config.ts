import { CoxswainError, defineTask, drift, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { serviceManagerOf } from '../system/service-managers/managers.ts'
import { serviceName } from '../system/service-managers/name.ts'
import { withSettings, wrongSettings } from './containerd/settings.ts'
import type { WrongSetting } from './containerd/settings.ts'
import { isServiceOutdated } from './kubeadm/service-outdated.ts'

const params = () =>
  z.object({
    sandboxImage: z
      .string()
      .regex(/^\S+$/, 'must be an image')
      .describe("the image that holds a pod's namespaces, such as registry.k8s.io/pause:3.10.2"),
    cgroupDriver: z
      .enum(['systemd', 'cgroupfs'])
      .default('systemd')
      .describe('which cgroups containers are in: as for the kubelet'),
    cniFolder: z.string().startsWith('/').default('/opt/cni/bin').describe('the folder of the CNI plugins'),
    path: remoteFile()
      .default('/etc/containerd/config.toml')
      .describe('the configuration that containerd reads'),
    program: z.string().default('containerd').describe('the program, by its name or path'),
    service: serviceName().default('containerd').describe('its service'),
  })
type Params = z.output<ReturnType<typeof params>>

/** The end of the name of a file that containerd reads before it replaces the former one. */
const draftEnd = '.coxswain'

/** What containerd reads from a configuration, with its defaults; those alone if there is not a file. */
const dumpOf = async (
  { remote }: CheckContext,
  { program }: Params,
  path: string | undefined,
): Promise<string> => {
  // containerd refuses a file that does not exist
  const words = path === undefined ? ['config', 'default'] : ['--config', path, 'config', 'dump']
  const { ok, stdout, stderr } = await remote.query`${program} ${words}`.result()
  if (ok) return stdout
  const isDraft = path?.endsWith(draftEnd) === true
  throw new CoxswainError(
    'task-failed',
    isDraft
      ? `containerd could not read ${path.slice(0, -draftEnd.length)} with these settings: it was not changed`
      : `containerd cannot read ${path ?? 'its defaults'}`,
    { output: stderr.trim(), hint: 'fix the file; or remove it, if nothing in it is needed' },
  )
}

const changesOf = (wrong: readonly WrongSetting[], path: string): Change[] =>
  wrong.map(({ name, from, to }) => ({
    what: `${name} in ${path}`,
    from: from || undefined,
    to: to || 'none',
  }))

const restarted = (given: Params): Change => ({
  what: `service ${given.service}`,
  from: 'older than its program, unit or configuration',
  to: 'restarted',
})

interface Found {
  readonly major: number
  /** The file; empty without one. */
  readonly text: string
  readonly dump: string
  readonly wrong: readonly WrongSetting[]
  readonly outdated: boolean
}

/** The configuration as it is; undefined if containerd is not there. */
const found = async (ctx: CheckContext, given: Params): Promise<Found | undefined> => {
  const { remote } = ctx
  const { path, program, service } = given
  const [{ stdout }, file, outdated] = await Promise.all([
    remote.query`${program} --version`.result(),
    remote.read(path),
    isServiceOutdated(ctx, service, [path, program, `/etc/systemd/system/${service}.service`]),
  ])
  const [, major] = /\sv?(\d+)\.\d+\.\d+/.exec(stdout) ?? []
  if (major === undefined) return undefined
  const dump = await dumpOf(ctx, given, file === undefined ? undefined : path)
  const text = file ?? ''
  return { major: Number(major), text, dump, wrong: wrongSettings(dump, text, given), outdated }
}

/** Puts a configuration in place that containerd reads as wanted. */
const replace = async (ctx: ApplyContext, given: Params, now: Found): Promise<void> => {
  const { remote } = ctx
  const { path } = given
  const next = withSettings(now, { path, wanted: given })
  const draft = path + draftEnd
  const stat = await remote.stat(path, { follow: true })
  if (stat === undefined) await remote.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  // it can contain passwords of registries
  await remote.write(draft, next, { mode: stat?.mode ?? '0644', owner: 'root', group: 'root' })
  try {
    const left = wrongSettings(await dumpOf(ctx, given, draft), next, given)
    if (left.length > 0)
      throw new CoxswainError(
        'task-failed',
        `containerd would still have ${left.map(({ name, from }) => `${name} = ${from}`).join(', ')}: ${path} was not changed`,
        {
          hint: `another file overrides ${path}, or it has these settings in another form: set them by hand, ${left.map(({ name, to }) => `${name} = ${to}`).join(', ')}`,
        },
      )
  } catch (error) {
    await remote.remove(draft)
    throw error
  }
  await remote.run`mv -f ${draft} ${path}`
}

/** Configures containerd for the kubelet, and restarts it if it uses an older configuration, or is an older program. */
export const containerdConfig = defineTask({
  name: 'containerd-config',
  description:
    'Sets what a kubelet needs in the configuration of containerd, of version 2 or 3: the CRI turned on, SystemdCgroup, the sandbox image, and the folder of the CNI plugins. Nothing else in the file is changed; containerd reads the new file before it replaces the former one, and is then restarted. Pods keep running meanwhile.',
  reads:
    'containerd config dump, and whether containerd was started after the file, its program and its unit were changed',
  example: { sandboxImage: 'registry.k8s.io/pause:3.10.2' },
  params,
  title: ({ cgroupDriver }) => `containerd for a kubelet, with ${cgroupDriver}`,

  async check(ctx, given) {
    const now = await found(ctx, given)
    if (now === undefined) return unknown('containerd is not installed')
    const { wrong, outdated } = now
    if (wrong.length > 0) {
      withSettings(now, { path: given.path, wanted: given })
      return drift(...changesOf(wrong, given.path))
    }
    return driftUnlessEmpty(outdated ? [restarted(given)] : [])
  },

  async apply(ctx, given) {
    const state = await found(ctx, given)
    if (state === undefined)
      throw new CoxswainError('task-failed', `containerd is not installed on ${ctx.host.name}`, {
        hint: 'install it, for instance with the task package, or set install.from in the inventory',
      })
    if (state.wrong.length > 0) await replace(ctx, given, state)
    if (state.wrong.length > 0 || state.outdated)
      await (await serviceManagerOf(ctx)).restart(ctx, given.service)
    const changes = changesOf(state.wrong, given.path)
    return driftUnlessEmpty(changes.length === 0 && state.outdated ? [restarted(given)] : changes)
  },
})
