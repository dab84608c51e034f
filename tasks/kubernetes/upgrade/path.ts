/** The path of an upgrade: which version after which. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { minorOf } from '../kubeadm/versions.ts'
import { isOlder } from './running.ts'

/** The versions of an upgrade path that are newer than the oldest one that runs. */
export const versionsAhead = (running: string, path: readonly string[]): string[] =>
  path.filter((version) => isOlder(running, version))

/**
 * What is wrong with an upgrade path: kubeadm upgrades one minor release at a time, and never back.
 *
 * @param oldest the oldest version that runs.
 * @param newest the newest one.
 */
export const pathFindings = (oldest: string, newest: string, path: readonly string[]): Finding[] => {
  const target = path.at(-1) ?? ''
  if (isOlder(target, newest))
    return [
      finding(
        'upgrade path',
        'fault',
        `the cluster runs ${newest}, and ${target} is older`,
        'set a version that is not older (kubernetes_version, or -e upgrade_to=…): kubeadm does not go back',
      ),
    ]
  const ahead = [oldest, ...versionsAhead(oldest, path)]
  return ahead.slice(1).flatMap((version, index) => {
    const before = ahead[index] ?? ''
    const [from, to] = [minorOf(before), minorOf(version)]
    if (to < from || isOlder(version, before))
      return [
        finding('upgrade path', 'fault', `${version} comes after ${before}`, 'list upgrade_through in order'),
      ]
    const missing = Array.from({ length: to - from - 1 }, (_, at) => `v1.${from + 1 + at}`)
    return missing.length === 0
      ? []
      : [
          finding(
            'upgrade path',
            'fault',
            `from ${before} to ${version}, ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
            `set upgrade_through to one version of each: upgrade_through: [${missing.map((minor) => `${minor}.N`).join(', ')}]`,
          ),
        ]
  })
}
