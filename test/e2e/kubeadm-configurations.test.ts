/** The kept configurations and commands of a release, and its row in the table of versions, judged by its own kubeadm. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { kubeadmOf } from '../../lab/kubeadm.ts'
import { debianRelease } from '../../lab/source.ts'
import { factsOf, minorOf } from '../../tasks/kubernetes/kubeadm/versions.ts'
import { askKubeadm, refusalOf } from '../support/ask-kubeadm.ts'
import { e2eKubeadms } from '../support/e2e-releases.ts'
import { suite } from '../support/spec.ts'
import { configurations } from '../tasks/kubernetes/golden/clusters.ts'
import { assertFits } from '../tasks/kubernetes/kubeadm/assert-fits.ts'

const test = suite('configurations, judged by kubeadm', { seconds: 3600 })

const kept = join(import.meta.dirname, '..', 'tasks', 'kubernetes', 'golden', 'data')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-configurations-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const judge = (minor: number, file: string): string[] =>
  factsOf(`v1.${minor}.0`).validatesConfig
    ? ['config', 'validate', '--config', file]
    : ['config', 'migrate', '--old-config', file]

for (const release of e2eKubeadms) {
  test(`kubeadm ${release} accepts each configuration, without a warning`, async () => {
    const kubeadm = await kubeadmOf(release)
    const minor = minorOf(`v${release}`)
    for (const [index, { name, text }] of configurations(minor).entries()) {
      const file = join(folder, `${release}-${index}.yaml`)
      writeFileSync(file, text)
      const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${kubeadm} ${judge(minor, file)}`
      assert.is(exitCode, 0, `${name}: ${stderr}`)
      assert.not.match(stderr, /unknown field|strict decoding|deprecated|no kind/i, name)
    }
  })

  test(`kubeadm ${release} has each phase and option of its commands`, async () => {
    const kubeadm = await kubeadmOf(release)
    const commands = readFileSync(join(kept, `${release}.commands`), 'utf8').match(/^kubeadm .*$/gm) ?? []
    assert.ok(commands.length > 5)
    for (const command of commands) assert.is(await refusalOf(kubeadm, command), undefined, command)
  })

  // what Debian's kubeadm says was never recorded: clusters of it are built instead
  if (release !== debianRelease)
    test(`kubeadm ${release} says of itself what the table has`, async () => {
      assertFits(await askKubeadm(await kubeadmOf(release)))
    })
}

test('kubeadm refuses a field that it does not know', async () => {
  const [release = ''] = e2eKubeadms
  const kubeadm = await kubeadmOf(release)
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

test('kubeadm does not have a phase or an option that is made up', async () => {
  const kubeadm = await kubeadmOf(e2eKubeadms[0] ?? '')
  assert.is(await refusalOf(kubeadm, 'kubeadm init phase certs some'), 'kubeadm init phase certs some')
  assert.is(await refusalOf(kubeadm, 'kubeadm init phase certs all --conf /x'), '--conf')
})
