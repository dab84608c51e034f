/** In which folders of a host the etcd of a control-plane node has its data: everything here supports kubeadm's own folder alone. */
import { CoxswainError, isCoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { etcdFolder, manifest, movedManifests, restoringManifests } from '../kubeadm/paths.ts'
import { readYaml } from '../kubeadm/yaml.ts'
import { argumentOf, containerIn } from '../kubeadm/pod-manifests.ts'

const podSchema = z.object({
  spec: z.object({
    containers: z.array(
      z.object({
        volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).nullish(),
      }),
    ),
    volumes: z
      .array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).optional() }))
      .nullish(),
  }),
})

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '')

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/**
 * Where the folders of `--data-dir` and `--wal-dir` are on the host that are not kubeadm's own; empty if both are. Pure.
 *
 * @param text the manifest of etcd.
 * @throws `task-failed` for a text that is not YAML.
 */
export const otherFoldersIn = (text: string): string[] => {
  if (!text.includes('-dir')) return []
  const container = containerIn(text, 'the manifest of etcd')
  const { containers = [], volumes } =
    podSchema.safeParse(readYaml(text, 'the manifest of etcd')[0]).data?.spec ?? {}
  const mounts = (containers[0]?.volumeMounts ?? []).map(({ name, mountPath }) => ({
    from: volumes?.find((one) => one.name === name)?.hostPath?.path,
    at: withoutSlash(mountPath),
  }))
  const onHost = (path: string): string => {
    const [mount] = mounts
      .filter(({ at }) => isWithin(path, at))
      .toSorted((one, other) => other.at.length - one.at.length)
    if (mount?.from === undefined)
      return mounts.length === 0 ? path : `${path} in its container, which is lost with it`
    return withoutSlash(`${withoutSlash(mount.from)}${path.slice(mount.at.length)}`)
  }
  const dataFolder = withoutSlash(argumentOf(container, 'data-dir') ?? etcdFolder)
  const walFolder = argumentOf(container, 'wal-dir')
  const usual = [
    [dataFolder, etcdFolder],
    [walFolder === undefined ? undefined : withoutSlash(walFolder), `${etcdFolder}/member/wal`],
  ] as const
  return usual.flatMap(([path, expected]) => {
    const there = path === undefined ? expected : onHost(path)
    return there === expected ? [] : [there]
  })
}

/** The same; a manifest that is not YAML, which no kubelet starts, says nothing. */
const foldersOf = (text: string): string[] => {
  try {
    return otherFoldersIn(text)
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    return []
  }
}

/** Where the manifest of etcd can be: while a task restarts or restores it, it is in a folder of its own. */
const places = [manifest('etcd'), `${movedManifests}/etcd.yaml`, `${restoringManifests}/etcd.yaml`]

/** The error for data elsewhere: a task that looks for it in kubeadm's folder would take it for lost. */
export const dataElsewhere = (host: string, folders: readonly string[]): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `etcd on ${host} has its data in ${folders.join(' and ')}, and only ${etcdFolder} is supported; nothing was changed`,
    {
      hint: `its data is not lost: do not reset ${host}. While its etcd is stopped, move the data to ${etcdFolder} (or mount the disk there), and correct the paths in ${manifest('etcd')} and etcd.local in the ConfigMap kubeadm-config; one master after the other`,
    },
  )

/** @throws `task-failed` if the manifest of a host's etcd has its data elsewhere. */
export const requireUsualFolder = async ({
  remote,
  host,
}: Pick<CheckContext, 'remote' | 'host'>): Promise<void> => {
  const texts = await Promise.all(places.map((path) => remote.read(path)))
  const folders = foldersOf(texts.find((one) => one !== undefined) ?? '')
  if (folders.length > 0) throw dataElsewhere(host.name, folders)
}
