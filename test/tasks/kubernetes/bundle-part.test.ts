import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { bundlePart } from '../../../tasks/kubernetes/bundle-part.ts'
import { architectureIn, architectureOf } from '../../../tasks/kubernetes/bundle/architecture.ts'
import { kubernetesPrograms } from '../../../tasks/kubernetes/kubernetes-programs.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('bundle-part')
const folder = folderOf(test)

/** A bundle with these files. */
const bundle = (name: string, files: Readonly<Record<string, string | Buffer>>): string => {
  const sums = Object.entries(files).map(([path, content]) => {
    folder.write(`${name}/${path}`, content)
    return `${createHash('sha256').update(content).digest('hex')}  ${path}\n`
  })
  folder.write(`${name}/SHA256SUMS`, sums.join(''))
  return folder.at(name)
}

/** The begin of a program for an architecture, little-endian. */
const elf = (machine: number): Buffer => {
  const bytes = Buffer.alloc(32)
  bytes.write('\u007fELF', 'latin1')
  bytes[5] = 1
  bytes.writeUInt16LE(machine, 18)
  return bytes
}

test('files of the part that differ come to the host, with mode 0755', async () => {
  const task = bundlePart({
    bundle: bundle('good', { 'cni/bridge': 'new bridge', 'cni/portmap': 'portmap', 'tools/crictl': 'x' }),
    part: 'cni',
    folder: '/opt/cni/bin',
  })
  const run = await rehearse(task, { files: { '/opt/cni/bin/portmap': 'portmap' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/opt/cni/bin/bridge'],
  )
  const there = run.files.get('/opt/cni/bin/bridge')
  assert.equal([String(there?.content), there?.mode, there?.owner], ['new bridge', '0755', 'root'])
  assert.equal(run.commands.apply, [])
})

test('a damaged file is refused before anything is replaced', async () => {
  const damaged = bundle('damaged', { 'runtime/containerd': 'a', 'runtime/runc': 'b' })
  folder.write('damaged/runtime/runc', 'other')
  const run = await rehearse(bundlePart({ bundle: damaged, part: 'runtime', folder: '/usr/bin' }), {})
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'runtime/runc has the sum')
  assert.equal([...run.files.keys()], [])
})

test('a part that is missing is refused with the way out, unless it is optional', async () => {
  const small = bundle('small', { 'bin/kubeadm': 'x' })
  const run = await rehearse(bundlePart({ bundle: small, part: 'runtime', folder: '/usr/bin' }), {})
  assert.match(String(run.error), 'does not have runtime/')
  assert.match(hintOf(run.error), 'set install.runtime=none')
  const optional = bundlePart({ bundle: small, part: 'cni', folder: '/opt/cni/bin', optional: true })
  assert.is((await rehearse(optional, {})).outcome, 'ok')
})

test('programs for another architecture are refused before anything is replaced', async () => {
  const arm = bundle('arm', { 'cni/bridge': elf(183), 'bin/kubeadm': elf(183), 'cni/script': '#!/bin/sh' })
  const replies = { 'uname -m': 'x86_64\n' }
  for (const task of [
    bundlePart({ bundle: arm, part: 'cni', folder: '/opt/cni/bin' }),
    kubernetesPrograms({ bundle: arm, version: 'v1.37.2', programs: ['kubeadm'] }),
  ]) {
    const run = await rehearse(task, { replies })
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), 'is for arm64, and host is amd64')
    assert.equal([...run.files.keys()], [])
  }
  const own = bundlePart({ bundle: arm, part: 'cni', folder: '/opt/cni/bin' })
  assert.is((await rehearse(own, { replies: { 'uname -m': 'aarch64\n' } })).outcome, 'changed')
})

test('architectures by their ELF header, and as uname says them', () => {
  assert.equal(
    [62, 183, 9999].map((machine) => architectureIn(elf(machine))),
    ['amd64', 'arm64', undefined],
  )
  const big = elf(0)
  big[5] = 2
  big.writeUInt16BE(22, 18)
  assert.is(architectureIn(big), 's390x')
  assert.is(architectureIn(Buffer.from('#!/bin/sh')), undefined)
  assert.equal(['x86_64\n', 'riscv64'].map(architectureOf), ['amd64', 'riscv64'])
})

test('bad parameters are refused', () => {
  assert.throws(() => bundlePart.from({ bundle: '/b', part: 'images', folder: '/x' }), /part/)
})
