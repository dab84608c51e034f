/** The table of versions, beside what kubeadm itself says, and that nothing else compares versions. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { labReleases } from '../../../../lab/bundles.ts'
import { controlPlaneVars } from '../../../../playbooks/control-plane-vars.ts'
import { kubeadmInit } from '../../../../tasks/kubernetes/kubeadm-init.ts'
import { writeConfig } from '../../../../tasks/kubernetes/write-config.ts'
import { factsOf, knownMinors, minorOf, versionFault } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { suite } from '../../../support/spec.ts'
import { assertFits } from './assert-fits.ts'
import { saidByKubeadm } from './said-by-kubeadm.ts'

const test = suite('versions of Kubernetes')

test('the table has every minor release from 1.11 to 1.37, in order', () => {
  assert.equal(
    knownMinors,
    Array.from({ length: 27 }, (_, index) => 11 + index),
  )
})

for (const said of saidByKubeadm)
  test(`${said.version}: configuration, images and phases are those that kubeadm names`, () =>
    assertFits(said))

test('what a row says was tried is what the lab builds, or what kubeadm has said', () => {
  const asked = new Set(saidByKubeadm.map(({ version }) => minorOf(version)))
  const built = new Set(labReleases.map((release) => minorOf(`v${release}`)))
  for (const minor of knownMinors) {
    const { tried } = factsOf(`v1.${minor}.0`)
    assert.is(tried === 'cluster', built.has(minor), `1.${minor}`)
    // clusters are built of Debian's release instead
    if (!built.has(minor)) assert.is(tried !== 'not tried', asked.has(minor), `1.${minor}`)
  }
})

test('a later release keeps what it does not change', () => {
  assert.is(factsOf('v1.16.3').configApi, 'v1beta2')
  assert.equal(factsOf('v1.23.0').labels, factsOf('v1.20.0').labels)
  assert.equal(factsOf('v1.20.2').phases['kubelet-finalize all'].init, ['init phase kubelet-finalize all'])
})

test('versions that are not in the table are refused before anything is done', () => {
  const config = {
    self: { name: 'm1', address: '10.0.0.1' },
    members: [{ name: 'm1', address: '10.0.0.1' }],
  }
  const cluster = { controlPlaneEndpoint: '10.0.0.10:6443' }
  for (const version of ['v1.99.0', 'v1.38.0']) {
    assert.throws(() => kubeadmInit({ version, address: '10.0.0.1' }), /newest known version is v1\.37/)
    assert.throws(
      () => writeConfig({ ...config, cluster: { ...cluster, kubernetesVersion: version } }),
      /newest known version is v1\.37/,
    )
  }
  assert.throws(() => kubeadmInit({ version: 'v1.10.0', address: '10.0.0.1' }), /too old/)
  assert.throws(
    () => kubeadmInit({ version: 'latest', address: '10.0.0.1' }),
    /write it in the form v1\.37\.0/,
  )
})

test('a newer version can be allowed, and the title of the task says it', () => {
  const task = kubeadmInit({ version: 'v1.38.1', allowUnknownVersion: true, address: '10.0.0.1' })
  assert.match(task.title, 'v1.38.1 is not known: treated as v1.37')
  assert.is(versionFault('v1.38.1', true), undefined)
  // what is too old, or no version, stays refused
  assert.match(versionFault('v1.10.0', true) ?? '', 'too old')
  assert.match(versionFault('1.x', true) ?? '', 'not a Kubernetes version')
})

test('the message for a newer version has the way to allow it, and a version without v the nearest one', () => {
  assert.match(versionFault('v1.99.0', false) ?? '', 'set allowUnknownVersion=true')
  const messages = (kubernetes_version: string): string[] =>
    controlPlaneVars
      .safeParse({ control_plane_endpoint: 'api:6443', kubernetes_version })
      .error?.issues.map(({ message }) => message) ?? []
  assert.match(messages('v1.99.0').join(), 'set -e allow_unknown_version=true')
  assert.equal(messages('1.30.4'), ['a version such as v1.37.2 is needed (did you mean v1.30.4?)'])
  assert.equal(messages('latest'), ['a version such as v1.37.2 is needed'])
})

test('minorOf reads versions with and without v', () => {
  assert.equal(['v1.20.2', '1.37.0', 'v1.9'].map(minorOf), [20, 37, 9])
  assert.throws(() => minorOf('2.0.0'), /not a Kubernetes version/)
})

const root = join(import.meta.dirname, '../../../..')

test('nothing outside the table compares versions of Kubernetes', () => {
  const files = ['tasks/kubernetes', 'playbooks'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('kubeadm/versions'))
      .map((name) => join(folder, name)),
  )
  assert.ok(files.length > 30)
  for (const file of files) {
    const code = readFileSync(join(root, file), 'utf8')
    assert.not.match(code, /\bminor\w*(?:\([^)]*\))?\s*(?:[<>]=?)\s*\d/i, file)
    assert.not.match(code, /\bsemver\b/, file)
    // nor those of etcd
    assert.not.match(code, /3\\\.\W?\d/, file)
  }
})
