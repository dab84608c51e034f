/** What API servers have loaded, which their files do not say. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { onMaster } from './record.ts'
import type { MasterKeys } from './record.ts'

/**
 * Lets the API server of a host read all objects of resources: one that is ready might lack a key. Nothing of them leaves the host.
 *
 * @throws `task-failed` with the object that it cannot read, as it says it.
 */
export const requireReadable = async (
  { remote, host }: CheckContext,
  server: string,
  resources: readonly string[],
): Promise<void> => {
  for (const resource of resources) {
    const words = ['get', resource, '--all-namespaces', '--chunk-size=500', '-o', 'name']
    const command = remote.query({ timeout: 1800, label: `let the API server read all ${resource}` })
    const { code, stderr } =
      await command`kubectl --kubeconfig ${adminConf} --request-timeout=60s --server ${server} ${words} >/dev/null`.result()
    if (code === 0) continue
    throw new CoxswainError(
      'task-failed',
      `the API server of ${host.name} cannot read all ${resource}: ${stderr.trim().slice(0, 500)}`,
      {
        hint: 'if a key is missing, do not delete the object, and restart no other API server: find the key (/etc/coxswain/replaced, /etc/coxswain/rotate-keys and the files of all control-plane nodes, backups), and add it after the other ones on each of them; then run again',
      },
    )
  }
}

/** When the API servers were started, by the names of their nodes, in milliseconds. */
const startsOf = async (ctx: CheckContext, server: string): Promise<ReadonlyMap<string, number>> => {
  const started = '{.status.containerStatuses[?(@.name=="kube-apiserver")].state.running.startedAt}'
  const output = `jsonpath={range .items[*]}{.spec.nodeName}{"\\t"}${started}{"\\n"}{end}`
  const words = ['-n', 'kube-system', 'get', 'pods', '-l', 'component=kube-apiserver', '-o', output]
  const rows = (await kubectl(ctx, words, server).text()).split('\n').map((row) => row.split('\t'))
  return new Map(rows.map(([name = '', time = '']) => [name, Date.parse(time)]))
}

/**
 * Checks that API servers have read their files: one that was changed since has other keys than the API server, and a restart would
 * lose those.
 *
 * @throws `task-failed` with the host whose file is newer than its API server.
 */
export const requireLoaded = async (
  ctx: CheckContext,
  server: string,
  all: readonly MasterKeys[],
): Promise<void> => {
  const starts = await startsOf(ctx, server)
  for (const { name, path, reloads } of all) {
    if (path === undefined || reloads) continue
    const on = await onMaster(ctx, name)
    // also of a file that was moved or copied there with its time
    const command = on.remote.query({ label: `read when ${path} was changed` })
    const changed = Number(await command`stat -L -c %Z ${path}`.text()) * 1000
    const started = starts.get(name) ?? Number.NaN
    if (changed < started) continue
    throw new CoxswainError(
      'task-failed',
      Number.isNaN(started)
        ? `it is not known when the API server of ${name} was started, and whether it has read ${path} since that was changed`
        : `${path} on ${name} was changed at ${new Date(changed).toISOString()}, and its API server was started at ${new Date(started).toISOString()}: it may have other keys`,
      {
        hint: 'make sure that the file has every key that the API servers encrypt with, restart the API servers one after the other, read all objects through each of them, and run again; nothing was changed',
      },
    )
  }
}
