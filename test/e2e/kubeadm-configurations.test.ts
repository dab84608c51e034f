/** The kept configurations of a release, judged by its own kubeadm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { bundle } from '../../lab/bundles.ts'
import { minorOf } from '../../tasks/kubernetes/kubeadm/versions.ts'
import { e2eReleases } from '../support/e2e-releases.ts'
import { suite } from '../support/spec.ts'
import { configurations } from '../tasks/kubernetes/golden/clusters.ts'

const test = suite('configurations, judged by kubeadm', { seconds: 1800 })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-configurations-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** `config validate` has come with 1.26; before, `config migrate` reads a configuration, and warns of unknown fields. */
const judge = (minor: number, file: string): string[] =>
  minor >= 26 ? ['config', 'validate', '--config', file] : ['config', 'migrate', '--old-config', file]

for (const release of e2eReleases)
  test(`kubeadm ${release} accepts each configuration, without a warning`, async () => {
    const kubeadm = join((await bundle({ kubernetes: release })).folder, 'bin', 'kubeadm')
    const minor = minorOf(`v${release}`)
    for (const [index, { name, text }] of configurations(minor).entries()) {
      const file = join(folder, `${release}-${index}.yaml`)
      writeFileSync(file, text)
      const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minor, file)}`
      assert.is(exitCode, 0, `${name}: ${stderr}`)
      assert.not.match(stderr, /unknown field|strict decoding|deprecated|no kind/i, name)
    }
  })

test('kubeadm refuses a field that it does not know', async () => {
  const [release = ''] = e2eReleases
  const kubeadm = join((await bundle({ kubernetes: release })).folder, 'bin', 'kubeadm')
  const minor = minorOf(`v${release}`)
  const [first] = configurations(minor)
  const file = join(folder, 'unknown.yaml')
  writeFileSync(
    file,
    (first?.text ?? '').replace(
      'kind: ClusterConfiguration',
      'kind: ClusterConfiguration\nunknownSetting: 1',
    ),
  )
  const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minor, file)}`
  assert.ok(exitCode !== 0 || /unknown field/.test(stderr), stderr)
})
