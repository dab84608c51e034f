import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, utimesSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../../engine/shell-file.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, ScriptedFile, World } from '../../../engine/testing.ts'
import { kubeadmUpgrade } from '../../../tasks/kubernetes/kubeadm-upgrade.ts'
import { compareVersions, needsUpgrade } from '../../../tasks/kubernetes/upgrade/running.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'
import { files, from, manifestsOf, members, to } from './upgrade-world.ts'

const test = suite('kubeadm-upgrade')
const folder = folderOf(test)

interface Fakes {
  /** The version in kubeadm-config. */
  readonly kept?: string
  /** The version of the installed kubeadm. */
  readonly kubeadm?: string
  /** What kubeadm upgrade answers, if it fails. */
  readonly fails?: boolean
  /** How often a former kubeadm is found. */
  readonly former?: number
}

/** A host on which kubeadm upgrades what its manifests say. */
const world = ({ kept = from, kubeadm = to, fails = false, former = 0 }: Fakes = {}) => {
  const { patterns } = etcdCluster(members())
  const log: string[] = []
  let runs = former
  const upgrade: Reply = ({ script }, there: Map<string, ScriptedFile>) => {
    log.push(wordsIn(script).replaceAll("'", ''))
    log.push(`record: ${String(there.get('/etc/coxswain/upgrading')?.content).trim()}`)
    if (fails) return { code: 1, stderr: '[ERROR X]: no' }
    for (const [path, content] of Object.entries(manifestsOf(to))) there.set(path, { content })
    return ''
  }
  const config = JSON.stringify({
    data: { ClusterConfiguration: `kind: ClusterConfiguration\nkubernetesVersion: ${kept}\n` },
  })
  const all: NonNullable<World['patterns']> = [
    ...patterns,
    [/^kubeadm version -o short$/, kubeadm],
    [sentPattern('tasks/kubernetes/upgrade/kubeadm-runs.sh'), () => ({ code: (runs -= 1) >= 0 ? 0 : 1 })],
    [sentPattern('tasks/kubernetes/upgrade/put-back.sh'), ''],
    [/^curl .*readyz/, 'ok'],
    [/get configmap kubeadm-config/, config],
    [/get --raw \/version$/, `{"gitVersion": "${to}"}`],
    [sentPattern('tasks/kubernetes/upgrade/run-kubeadm.sh'), upgrade],
    [sentPattern('tasks/kubernetes/kubeadm/last-errors.sh'), ''],
  ]
  return { log, patterns: all }
}
const task = (more = {}) => kubeadmUpgrade({ version: to, address: '10.0.0.1', ...more })

test('the first control plane: kubeadm upgrade apply, a record while it works, and the arithmetic of the quorum', async () => {
  const { log, patterns } = world()
  const run = await rehearse(
    task({ ignorePreflightErrors: ['SystemVerification'], patches: '/etc/patches' }),
    {
      files: files(),
      patterns,
    },
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [{ what: 'control plane of host', from, to }])
  assert.equal(log, [
    `upgrade apply ${to} --yes --ignore-preflight-errors=SystemVerification --patches=/etc/patches`,
    `record: ${to} apply`,
  ])
  assert.not(run.files.has('/etc/coxswain/upgrading'))
})

test('with the configuration of the cluster upgraded: kubeadm upgrade node', async () => {
  const { log, patterns } = world({ kept: to })
  await rehearse(task(), { files: files(), patterns })
  assert.equal(log, ['upgrade node', `record: ${to} node`])
})

for (const version of [to, 'v1.38.0'])
  test(`a control plane ${version} is left alone`, async () => {
    const { log, patterns } = world()
    const run = await rehearse(task(), { files: files(version), patterns })
    assert.equal([run.outcome, log], ['ok', []])
  })

test('an interrupted upgrade is run again, as the command that it was, after a former kubeadm has ended', async () => {
  const { log, patterns } = world({ kept: to, former: 1 })
  const run = await rehearse(task(), {
    files: { ...files(to), '/etc/coxswain/upgrading': `${to} apply\n` },
    patterns,
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes[0]?.from, `${to}, an upgrade was interrupted`)
  assert.equal(log, [`upgrade apply ${to} --yes`, `record: ${to} apply`])
})

test('an interrupted upgrade to a later version: the earlier one is not needed, whatever is missing', async () => {
  const { log, patterns } = world()
  const { '/etc/kubernetes/manifests/kube-scheduler.yaml': _, ...others } = files('v1.38.0')
  const run = await rehearse(task(), {
    files: { ...others, '/etc/coxswain/upgrading': 'v1.38.0 apply\n' },
    patterns,
  })
  assert.equal([run.outcome, log], ['ok', []])
  const interrupted = { version: '', unfinished: 'v1.38.0', applying: true }
  assert.equal(
    ['v1.37.2', 'v1.38.0', 'v1.38.1'].map((version) => needsUpgrade(interrupted, version)),
    [false, true, true],
  )
})

test('manifests are put back only after an interruption', async () => {
  const sent = async (more: NonNullable<World['files']>): Promise<string> => {
    const run = await rehearse(task(), { files: { ...files(), ...more }, patterns: world().patterns })
    assert.is(run.outcome, 'changed', String(run.error))
    return run.commands.apply.join('\n')
  }
  const words = '/etc/kubernetes/manifests /etc/kubernetes/tmp /etc/coxswain/upgrading'
  assert.not.match(await sent({}), words)
  assert.match(await sent({ '/etc/coxswain/upgrading': `${to} apply\n` }), words)
})

test('an upgrade that fails leaves the record, for the next run', async () => {
  const { patterns } = world({ fails: true })
  const run = await rehearse(task(), { files: files(), patterns })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), `kubeadm upgrade apply ${to} --yes`)
  assert.is(String(run.files.get('/etc/coxswain/upgrading')?.content), `${to} apply\n`)
})

test('refused, also by --check, while a member of etcd does not respond', async () => {
  const { patterns } = etcdCluster(members(), { silent: ['10.0.0.2'] })
  const run = await rehearse(task(), { files: files(), patterns })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(
    String(run.error),
    /the control plane of host is not upgraded: etcd member m2 at \S+ does not respond/,
  )
})

test('another kubeadm than that of the version is refused', async () => {
  const { log, patterns } = world({ kubeadm: from })
  const run = await rehearse(task(), {
    files: files(),
    patterns,
    unpredictable: 'an earlier task installs it',
  })
  assert.match(String(run.error), `kubeadm on host is ${from}, not ${to}`)
  assert.match(hintOf(run.error), `install kubeadm ${to}`)
  assert.equal(log, [])
})

test('versions are compared by their numbers', () => {
  assert.ok(compareVersions('v1.9.10', 'v1.10.1') < 0)
  assert.ok(compareVersions('v1.37.10', 'v1.37.9') > 0)
  assert.ok(compareVersions('', 'v1.20.0') < 0)
  assert.throws(() => task({ version: 'v1.99.0' }), 'not known')
})

const program = (name: string): string =>
  readShellFile(new URL(`../../../tasks/kubernetes/upgrade/${name}`, import.meta.url))

for (const shell of [['dash'], ['busybox', 'sh']])
  test(
    `${shell.join(' ')}: manifests that the interrupted upgrade has moved away are put back`,
    { needs: ['dash', 'busybox'] },
    () => {
      const at = (path: string): string => folder.at(`${shell[0]}/${path}`)
      const write = (path: string, text: string): string => folder.write(`${shell[0]}/${path}`, text)
      const backup = (day: string, pods: Readonly<Record<string, string>>): void => {
        for (const [pod, text] of Object.entries(pods))
          write(`tmp/kubeadm-backup-manifests-${day}/${pod}.yaml`, text)
        const when = new Date(day)
        utimesSync(at(`tmp/kubeadm-backup-manifests-${day}`), when, when)
      }
      write('manifests/kube-scheduler.yaml', 'scheduler')
      utimesSync(write('record', ''), new Date('2026-01-15'), new Date('2026-01-15'))
      // of an upgrade before: etcd was moved to other hosts since
      backup('2026-01-01', { etcd: 'former', 'kube-apiserver': 'former' })
      backup('2026-01-15', { 'kube-apiserver': 'old', 'kube-controller-manager': 'same second' })
      backup('2026-02-01', { 'kube-apiserver': 'new', 'kube-scheduler': 'other' })
      const [word = '', ...words] = shell
      const { stdout, status } = spawnSync(word, [
        ...words,
        '-c',
        program('put-back.sh'),
        'sh',
        at('manifests'),
        at('tmp'),
        at('record'),
      ])
      assert.equal([String(stdout), status], ['kube-apiserver\nkube-controller-manager\n', 0])
      const text = (pod: string): string => readFileSync(at(`manifests/${pod}.yaml`), 'utf8')
      assert.equal(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(text), [
        'new',
        'same second',
        'scheduler',
      ])
      assert.not(existsSync(at('manifests/etcd.yaml')))
    },
  )
