/** What an upgrade starts from, as a table. Pure. */
import { aligned } from '../../shared/aligned.ts'
import type { Finding } from '../../shared/finding.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { UpgradeOf } from './findings.ts'
import { versionsAhead } from './path.ts'
import { compareVersions } from './running.ts'

/** The versions of an upgrade, with what kubeadm brings along. */
const steps = (oldest: string, path: readonly string[]): string[] => {
  const ahead = versionsAhead(oldest, path)
  if (ahead.length === 0) return []
  const row = (version: string): string[] => {
    const { etcd, coredns, pause } = factsOf(version)
    return [version, `etcd ${etcd[1]}`, `CoreDNS ${coredns}`, `pause ${pause}`]
  }
  return ['', ...aligned([['from', oldest], ...ahead.map((version) => ['to', ...row(version)])])]
}

/** The masters, the versions, and what does not stop an upgrade but should be known. */
export const upgradeTable = (
  states: readonly UpgradeOf[],
  path: readonly string[],
  warnings: readonly Finding[],
): string => {
  const rows = states.map(({ host, value }) => {
    if (value === undefined) return [host, 'could not be asked']
    const { running, kubeadm = 'no kubeadm', cgroup, containerd } = value
    const interrupted =
      running.unfinished === undefined ? [] : [`an upgrade to ${running.unfinished} was interrupted`]
    return [
      host,
      `control plane ${running.version || 'incomplete'}`,
      `kubeadm ${kubeadm}`,
      `cgroup v${cgroup}`,
      containerd === undefined ? '' : `containerd ${containerd}`,
      ...interrupted,
    ]
  })
  const versions = states.flatMap(({ value }) => value?.running.version || [])
  const [oldest = ''] = versions.toSorted(compareVersions)
  const notes = warnings.flatMap(({ subject, what, cure }) => [
    ['warning', subject, what],
    ['', '', `→ ${cure}`],
  ])
  return [
    ...aligned(rows),
    ...steps(oldest, path),
    ...(notes.length === 0 ? [] : ['', ...aligned(notes)]),
  ].join('\n')
}
