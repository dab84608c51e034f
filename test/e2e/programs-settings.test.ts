/** The tables of flags and feature gates that went, beside what the programs of two releases say themselves. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { flagGoneSince } from '../../tasks/kubernetes/kubeadm/versions/flags-gone.ts'
import type { KubernetesProgram } from '../../tasks/kubernetes/kubeadm/versions/flags-gone.ts'
import { gateGoneSince } from '../../tasks/kubernetes/kubeadm/versions/gates-gone.ts'
import { gatesKnown } from '../../tasks/kubernetes/kubeadm/versions/gates-known.ts'
import { e2eReleases } from '../support/e2e-releases.ts'
import { programOf } from '../support/program-of.ts'
import { suite } from '../support/spec.ts'

const test = suite('flags and feature gates, as programs know them', { seconds: 3600 })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-programs-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const programs: readonly (readonly [program: KubernetesProgram, name: string])[] = [
  ['apiServer', 'kube-apiserver'],
  ['controllerManager', 'kube-controller-manager'],
  ['scheduler', 'kube-scheduler'],
  ['kubelet', 'kubelet'],
]

const said = async (program: string, ...words: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await $({ quiet: true, nothrow: true, timeout: '30s' })`${program} ${words}`
  return stdout + stderr
}

const minorOf = (release: string): number => Number(release.split('.')[1])

const namesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
]
const flagsOf = (help: string): string[] => namesIn(help, /^ +(?:-\w, )?--([a-z0-9-]+)/gm)
const gatesOf = (help: string): string[] => namesIn(help, /^ +(?:kube:)?([A-Z]\w+)=true\|false/gm)

for (const [index, from] of e2eReleases.entries()) {
  const to = e2eReleases[index + 1]
  if (to === undefined) continue
  const minor = minorOf(to)

  test(`the flags of ${from} that programs of ${to} refuse are in the table, and no others`, async () => {
    for (const [program, name] of programs) {
      const [before, now] = [await programOf(from, name, folder), await programOf(to, name, folder)]
      const there = new Set(flagsOf(await said(now, '--help')))
      const lost = flagsOf(await said(before, '--help')).filter((flag) => !there.has(flag))
      const refused: string[] = []
      // some are only hidden
      for (const flag of lost)
        if (/unknown flag/.test(await said(now, `--${flag}=1`, '--help'))) refused.push(flag)
      const known = lost.filter(
        (flag) => flagGoneSince(program, flag, { kubernetes: minor, etcd: undefined }) !== undefined,
      )
      assert.equal(known, refused, name)
    }
  })

  test(`the feature gates of ${from} that the API server of ${to} refuses are in the table, and no others`, async () => {
    const [before, now] = await Promise.all(
      [from, to].map((release) => programOf(release, 'kube-apiserver', folder)),
    )
    const there = new Set(gatesOf(await said(now ?? '', '--help')))
    const lost = gatesOf(await said(before ?? '', '--help')).filter((gate) => !there.has(gate))
    assert.ok(lost.length > 0)
    for (const gate of lost) {
      const isRefused = /unrecognized feature gate/.test(
        await said(now ?? '', `--feature-gates=${gate}=true`, '--version'),
      )
      const isKnown = gateGoneSince(gate, minor) === undefined && gatesKnown[minor]?.has(gate) !== false
      assert.is(isKnown, !isRefused, gate)
    }
  })
}

for (const release of e2eReleases.filter((one) => gatesKnown[minorOf(one)] !== undefined))
  test(`all feature gates in the help of programs of ${release} are known`, async () => {
    for (const name of [...programs.map(([, one]) => one), 'kube-proxy'])
      for (const gate of gatesOf(await said(await programOf(release, name, folder), '--help')))
        assert.ok(gatesKnown[minorOf(release)]?.has(gate) === true, `${name}: ${gate}`)
  })
