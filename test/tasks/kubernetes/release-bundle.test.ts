/** Bundles that are made of a small release in a folder and on a server. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Rehearsal, World } from '../../../engine/testing.ts'
import { releaseBundle } from '../../../tasks/kubernetes/release-bundle.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('release-bundle')
const folder = folderOf(test)

const version = 'v1.37.2'
const sumOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/** Puts a file into a release, with its sum beside it. */
const put = (name: string, path: string, text: string, sum = sumOf(text)): void => {
  folder.write(`${name}/${path}`, text)
  folder.write(`${name}/${path}.sha256`, `${sum}  ${path}\n`)
}

const release = (name: string, architecture = 'amd64'): string => {
  for (const program of ['kubeadm', 'kubelet', 'kubectl'])
    put(name, `${version}/bin/linux/${architecture}/${program}`, `${program} for ${architecture}`)
  put(name, `${version}/images/etcd.tar`, 'etcd')
  return folder.at(name)
}

/** This machine: kubeadm names images, of which the release has one. */
const machine = (...programs: readonly string[]): NonNullable<World['patterns']> => [
  [/^uname -m$/, 'x86_64\n'],
  [
    /kubeadm config images list --kubernetes-version v1\.37\.2$/,
    'registry.k8s.io/etcd:3.7.0-0\nregistry.k8s.io/pause:3.10.2\n',
  ],
  [/^command -v (\S+)$/, ({ script }) => ({ code: programs.some((one) => script.endsWith(one)) ? 0 : 1 })],
  [
    /^(?:skopeo copy|podman (?:pull|save))/,
    ({ script }) => {
      const [, path] = /docker-archive:([^:]+):|--output (\S+)/.exec(script) ?? []
      const to = path ?? /--output (\S+)/.exec(script)?.[1]
      if (to !== undefined) writeFileSync(to, 'pause')
      return ''
    },
  ],
]

const draft = /bundles\/v1\.37\.2\.draft-\w+/g
const commands = (run: Rehearsal): string[] =>
  run.commands.apply.map((one) => one.replace(draft, 'DRAFT').replaceAll(folder.path, ''))

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(path.length + 1))
    .toSorted()

test('programs and images of a release, with the sum of every file; the second run changes nothing', async () => {
  const to = folder.at('one/bundles/v1.37.2')
  const task = releaseBundle({ version, folder: to, from: release('one/release') })
  const run = await rehearse(task, { patterns: machine('skopeo', 'podman') })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: to, to: 'Kubernetes v1.37.2 for amd64' }])
  assert.equal(filesIn(to), [
    'SHA256SUMS',
    'bin/kubeadm',
    'bin/kubectl',
    'bin/kubelet',
    'bundle.json',
    'images/etcd.tar',
    'images/pause.tar',
  ])
  assert.is(spawnSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: to }).status, 0)
  assert.ok((statSync(`${to}/bin/kubelet`).mode & 0o111) !== 0)
  assert.equal(commands(run), [
    'skopeo copy --quiet --override-os linux --override-arch amd64 docker://registry.k8s.io/pause:3.10.2 docker-archive:/one/DRAFT/images/pause.tar:registry.k8s.io/pause:3.10.2',
  ])
  assert.equal(readdirSync(dirname(to)), ['v1.37.2'])
})

test('without skopeo, podman gets an image; without both, it is named with the way out', async () => {
  const from = release('two/release')
  const task = releaseBundle({
    version,
    folder: folder.at('two/bundles/v1.37.2'),
    from,
    architecture: 'amd64',
  })
  const run = await rehearse(task, {
    patterns: machine(),
    unpredictable: 'which images are needed, kubeadm of the release says',
  })
  assert.is(run.outcome, 'failed')
  assert.match(
    String(run.error),
    'registry.k8s.io/pause:3.10.2 cannot be had: neither skopeo nor podman is here',
  )
  assert.match(hintOf(run.error), 'images=false')
  assert.equal(existsSync(folder.at('two/bundles')) ? readdirSync(folder.at('two/bundles')) : [], [])
  const other = await rehearse(task, { patterns: machine('podman') })
  assert.equal(commands(other), [
    'podman pull --quiet --os linux --arch amd64 registry.k8s.io/pause:3.10.2',
    'podman save --quiet --format docker-archive --output /two/DRAFT/images/pause.tar registry.k8s.io/pause:3.10.2',
  ])
})

test('archives and files of others: programs unpacked, and what is in folders there flat', async () => {
  const from = release('three/release')
  folder.write('three/tree/bin/containerd', 'containerd')
  folder.write('three/tree/bin/ctr', 'ctr')
  folder.write('three/tree/LICENSE', 'x')
  const archive = folder.at('three/containerd-2.2.0-linux-amd64.tar.gz')
  assert.is(spawnSync('tar', ['-czf', archive, '-C', folder.at('three/tree'), '.']).status, 0)
  folder.write('three/runc.amd64', 'runc')
  folder.write('three/kube-flannel.yml', 'kind: DaemonSet\n')
  const sha256 = sumOf(readFileSync(archive))
  const more = [
    { part: 'runtime', from: archive, sha256 },
    { part: 'runtime', from: folder.at('three/runc.amd64'), sha256: sumOf('runc'), name: 'runc' },
    { part: 'manifests', from: folder.at('three/kube-flannel.yml'), sha256: sumOf('kind: DaemonSet\n') },
  ] as const
  const to = folder.at('three/bundles/v1.37.2')
  const task = (files: typeof more | []) =>
    releaseBundle({ version, folder: to, from, images: false, more: [...files] })
  const run = await rehearse(task(more), { patterns: machine() })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(filesIn(to).slice(1), [
    'bin/kubeadm',
    'bin/kubectl',
    'bin/kubelet',
    'bundle.json',
    'manifests/kube-flannel.yml',
    'runtime/containerd',
    'runtime/ctr',
    'runtime/runc',
  ])
  // another sum: what is there stays
  const bad = releaseBundle({
    version,
    folder: to,
    from,
    images: false,
    more: [{ part: 'runtime', from: archive, sha256: 'a'.repeat(64) }],
  })
  const refused = await rehearse(bad, { patterns: machine(), unpredictable: 'sums are read with the files' })
  assert.match(
    String(refused.error),
    `the checksum of containerd-2.2.0-linux-amd64.tar.gz is ${sha256}, not aaaa`,
  )
  assert.ok(existsSync(`${to}/runtime/runc`))
  assert.equal(readdirSync(dirname(to)), ['v1.37.2'])
  // another recipe replaces it, and a damaged file is noticed
  assert.is((await rehearse(task([]), { patterns: machine() })).outcome, 'changed')
  assert.not.ok(existsSync(`${to}/runtime`))
  folder.write('three/bundles/v1.37.2/bin/kubelet', 'damaged')
  assert.is((await rehearse(task([]), { patterns: machine() })).outcome, 'changed')
  assert.is(readFileSync(`${to}/bin/kubelet`, 'utf8'), 'kubelet for amd64')
})

test('for another architecture, kubeadm of this machine names the images', async () => {
  release('four/release', 'arm64')
  const from = release('four/release')
  const to = folder.at('four/bundles/v1.37.2')
  const task = releaseBundle({ version, folder: to, from, architecture: 'arm64' })
  const run = await rehearse(task, { patterns: machine('skopeo') })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(readFileSync(`${to}/bin/kubeadm`, 'utf8'), 'kubeadm for arm64')
  assert.match(commands(run)[0] ?? '', '--override-arch arm64')
})

test('a server, a damaged program and a missing one', async () => {
  const mirror = release('five/release')
  const server = createServer((request, response) => {
    const file = `${mirror}${request.url ?? ''}`
    if (existsSync(file)) response.end(readFileSync(file))
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const to = folder.at('five/bundles/v1.37.2')
  const from = `http://127.0.0.1:${address.port}/`
  const task = releaseBundle({ version, folder: to, from, images: false })
  const failing = { patterns: machine(), unpredictable: 'sums are read with the files' }
  try {
    put('five/release', `${version}/bin/linux/amd64/kubelet`, 'other', 'b'.repeat(64))
    assert.match(String((await rehearse(task, failing)).error), 'kubelet is ')
    put('five/release', `${version}/bin/linux/amd64/kubelet`, 'kubelet for amd64')
    assert.is((await rehearse(task, { patterns: machine() })).outcome, 'changed')
    mkdirSync(folder.at('five/empty'), { recursive: true })
    const none = releaseBundle({ version, folder: to, from: folder.at('five/empty'), images: false })
    assert.match(
      String((await rehearse(none, failing)).error),
      'does not have v1.37.2/bin/linux/amd64/kubeadm',
    )
  } finally {
    server.close()
  }
})

/** Rehearses a run that is refused, and says what is in the folder afterwards. */
const refusedAt = async (name: string, to: string): Promise<readonly [error: string, files: string[]]> => {
  const task = releaseBundle({ version, folder: to, from: release(`${name}/release`), images: false })
  const run = await rehearse(task, { patterns: machine() })
  assert.is(run.outcome, 'failed')
  assert.match(hintOf(run.error), 'nothing was changed')
  return [String(run.error), filesIn(folder.at(`${name}/bundles`))]
}

test('a folder that is not a bundle of its own stays, also with a slash at its end', async () => {
  folder.write('six/bundles/v1.36.1/bundle.json', '{}')
  folder.write('six/bundles/notes', 'x')
  for (const end of ['', '/']) {
    const [error, files] = await refusedAt('six', `${folder.at('six/bundles')}${end}`)
    assert.match(error, 'six/bundles is there, and is not a bundle that release-bundle has made')
    assert.equal(files, ['notes', 'v1.36.1/bundle.json'])
  }
})

test('a bundle made by hand, and a JSON file of another kind, stay', async () => {
  folder.write('seven/bundles/bundle.json', '{"name":"x"}')
  folder.write('seven/bundles/SHA256SUMS', '')
  const [error] = await refusedAt('seven', folder.at('seven/bundles'))
  assert.match(error, 'is not a bundle that release-bundle has made')
  folder.write('seven/bundles/bundle.json', 'no JSON')
  assert.match((await refusedAt('seven', folder.at('seven/bundles')))[0], 'is not a bundle')
})

test('files that were added to a bundle are named, and stay', async () => {
  const to = folder.at('eight/bundles')
  const task = releaseBundle({ version, folder: `${to}/`, from: release('eight/release'), images: false })
  const run = await rehearse(task, { patterns: machine() })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(statSync(to).mode & 0o777, 0o755)
  folder.write('eight/bundles/manifests/own.yaml', 'x')
  folder.write('eight/bundles/bin/kubelet', 'damaged')
  const [error, files] = await refusedAt('eight', to)
  assert.match(error, 'has not put there: manifests/own.yaml')
  assert.ok(files.includes('manifests/own.yaml'))
})

test('an empty folder is taken, and a former bundle is named', async () => {
  const to = folder.at('nine/bundles')
  mkdirSync(to, { recursive: true })
  const from = release('nine/release')
  const task = (more: { part: 'tools'; from: string; sha256: string }[]) =>
    releaseBundle({ version, folder: to, from, images: false, more })
  assert.is((await rehearse(task([]), { patterns: machine() })).outcome, 'changed')
  folder.write('nine/crictl', 'crictl')
  const run = await rehearse(
    task([{ part: 'tools', from: folder.at('nine/crictl'), sha256: sumOf('crictl') }]),
    { patterns: machine() },
  )
  assert.equal(run.changes, [
    { what: to, from: 'Kubernetes v1.37.2 for amd64', to: 'Kubernetes v1.37.2 for amd64' },
  ])
})

test('bad parameters are refused', () => {
  assert.throws(() => releaseBundle({ version: 'v1.37', folder: '/x' }), /must be a version/)
  assert.throws(
    () => releaseBundle({ version, folder: '/x', more: [{ part: 'cni', from: 'x', sha256: 'abc' }] }),
    /64 hexadecimal digits/,
  )
})
