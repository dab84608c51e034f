/** The former files of a control-plane node, which are kept until everything works with the new ones. */
import { posix } from 'node:path'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { formerFiles, kubeletConfig, kubeletFlags, manifest } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { stoppedPods } from '../kubeadm/restarts.ts'
import { isServiceOutdated } from '../kubeadm/service-outdated.ts'

/** The files that can be changed. */
const changeable = [...components.map(manifest), kubeletConfig, kubeletFlags]

const copyOf = (path: string): string => `${formerFiles}/${posix.basename(path)}`

/** Whether a file belongs to the kubelet, which reads it when it starts. */
export const isOfKubelet = (path: string): boolean => path === kubeletConfig || path === kubeletFlags

/** Whether the kubelet was started before its files were changed, by whoever: it does not use them yet. */
export const isKubeletOutdated = (ctx: CheckContext): Promise<boolean> =>
  isServiceOutdated(ctx, 'kubelet', [kubeletConfig, kubeletFlags])

/** The paths of the files whose former text is kept: their change was not completed. */
export const keptFiles = async ({ remote }: CheckContext): Promise<string[]> => {
  const kept = await Promise.all(changeable.map((path) => remote.exists(copyOf(path))))
  return changeable.filter((_, index) => kept[index])
}

/** The static pods whose manifest has another text than the one that is kept. */
export const changedPods = async ({ remote }: CheckContext): Promise<StaticPod[]> => {
  const changed = await Promise.all(
    components.map(async (pod) => {
      const [former, text] = await Promise.all([
        remote.read(copyOf(manifest(pod))),
        remote.read(manifest(pod)),
      ])
      return former !== undefined && former !== text
    }),
  )
  return components.filter((_, index) => changed[index])
}

/** Writes a file with the owner and the mode that it has. */
const replace = async ({ remote }: ApplyContext, path: string, text: string): Promise<void> => {
  const stat = await remote.stat(path)
  await remote.write(path, text, { mode: stat?.mode ?? '0600', owner: 'root', group: 'root' })
}

/** Keeps the text of a file, unless that of an interrupted run is kept, and writes a new one. */
export const replaceFile = async (ctx: ApplyContext, path: string, text: string): Promise<void> => {
  const { remote } = ctx
  if (!(await remote.exists(copyOf(path)))) {
    await remote.makeDirectory('/etc/coxswain')
    await remote.makeDirectory(formerFiles, { mode: '0700' })
    await remote.write(copyOf(path), (await remote.read(path)) ?? '', {
      mode: '0600',
      owner: 'root',
      group: 'root',
    })
  }
  await replace(ctx, path, text)
}

/** Puts the former files back, and returns their paths. The copies stay. */
export const putFormerBack = async (ctx: ApplyContext): Promise<string[]> => {
  const kept = await keptFiles(ctx)
  for (const path of kept) {
    const former = await ctx.remote.read(copyOf(path))
    if (former !== undefined && former !== (await ctx.remote.read(path))) await replace(ctx, path, former)
  }
  return kept
}

/** Removes the former files: everything works with those that are in place. */
export const forgetFormer = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.remove(formerFiles, { recursive: true })
}

/** Whether the change of a host was interrupted: it has former files, or a static pod that is stopped. */
export const isInterrupted = async (ctx: CheckContext): Promise<boolean> => {
  const [kept, stopped] = await Promise.all([ctx.remote.exists(formerFiles), stoppedPods(ctx)])
  return kept || stopped.length > 0
}

/** Whether the change of a host or of one of several others was interrupted: it might not work until it is continued. */
export const isReconfiguring = async (ctx: CheckContext, masters: string): Promise<boolean> => {
  const others = (await ctx.hostsOf(masters)).filter((name) => name !== ctx.host.name)
  const hosts = [ctx, ...(await Promise.all(others.map((name) => ctx.on(name))))]
  return (await Promise.all(hosts.map(isInterrupted))).includes(true)
}
