/** Official releases: from a folder and from a server, with their checksums. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { releaseBundle } from '../../lab/release.ts'
import { suite } from '../support/spec.ts'

// other tests of the same process change the working directory while zx is loaded
$.cwd = import.meta.dirname

const test = suite('official releases')

const version = 'v1.37.2'
const programs = `${version}/bin/linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`
const kubeadm =
  '#!/bin/sh\necho registry.k8s.io/kube-apiserver:v1.37.2\necho registry.k8s.io/coredns/coredns:v1.14.6\n'
const manifest = 'kind: DaemonSet\n          image: ghcr.io/flannel-io/flannel:v0.28.4\n'

let folder = ''
const before = process.env['COXSWAIN_CACHE']
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-release-'))
  process.env['COXSWAIN_CACHE'] = join(folder, 'cache')
})
test.afterEach(() => {
  if (before === undefined) delete process.env['COXSWAIN_CACHE']
  else process.env['COXSWAIN_CACHE'] = before
  rmSync(folder, { recursive: true })
})

const put = (path: string, text: string, sum = createHash('sha256').update(text).digest('hex')): void => {
  const file = join(folder, 'mirror', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  writeFileSync(`${file}.sha256`, `${sum}\n`)
}

const makeMirror = (): string => {
  put(`${programs}/kubeadm`, kubeadm)
  put(`${programs}/kubelet`, 'kubelet')
  put(`${programs}/kubectl`, 'kubectl')
  for (const name of ['kube-apiserver', 'coredns', 'flannel'])
    put(`${version}/images/${name}.tar`, `the ${name}`)
  put(`${version}/kube-flannel.yml`, manifest)
  return join(folder, 'mirror')
}

const assertBundle = (bundle: string): void => {
  assert.is(readFileSync(join(bundle, 'bin', 'kubeadm'), 'utf8'), kubeadm)
  assert.ok((statSync(join(bundle, 'bin', 'kubelet')).mode & 0o111) !== 0)
  assert.equal(readdirSync(join(bundle, 'images')).toSorted(), [
    'coredns.tar',
    'flannel.tar',
    'kube-apiserver.tar',
  ])
  assert.is(readFileSync(join(bundle, 'kube-flannel.yml'), 'utf8'), manifest)
}

test('a folder becomes a bundle, once', async () => {
  const mirror = makeMirror()
  const bundle = await releaseBundle(version, mirror)
  assertBundle(bundle)
  rmSync(join(mirror, programs, 'kubelet'))
  assert.is(await releaseBundle(version, mirror), bundle)
})

test('another release in the same folder becomes another bundle', async () => {
  const mirror = makeMirror()
  const bundle = await releaseBundle(version, mirror)
  put(`${programs}/kubelet`, 'the kubelet of another release')
  const other = await releaseBundle(version, mirror)
  assert.is.not(other, bundle)
  assert.is(readFileSync(join(other, 'bin', 'kubelet'), 'utf8'), 'the kubelet of another release')
})

test('a server becomes the same bundle', async () => {
  const mirror = makeMirror()
  const server = createServer((request, response) => {
    const file = join(mirror, request.url ?? '')
    if (existsSync(file)) response.end(readFileSync(file))
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  try {
    assertBundle(await releaseBundle(version, `http://127.0.0.1:${address.port}/`))
  } finally {
    server.close()
  }
})

const refusal = async (mirror: string): Promise<string> => {
  const message = await releaseBundle(version, mirror).then(
    () => 'it was accepted',
    (error: unknown) => String(error),
  )
  const cache = join(folder, 'cache', 'bundles')
  assert.equal(existsSync(cache) ? readdirSync(cache) : [], [], 'nothing is left')
  return message
}

test('a wrong checksum, a missing one and a missing program are refused by name', async () => {
  const mirror = makeMirror()
  put(`${programs}/kubelet`, 'another kubelet', 'a'.repeat(64))
  assert.match(await refusal(mirror), `the checksum of ${programs}/kubelet is `)
  rmSync(join(mirror, programs, 'kubelet.sha256'))
  assert.match(await refusal(mirror), `does not have ${programs}/kubelet.sha256`)
  rmSync(join(mirror, programs, 'kubelet'))
  assert.match(await refusal(mirror), `does not have ${programs}/kubelet`)
})

test('a damaged archive of an image is refused', async () => {
  const mirror = makeMirror()
  put(`${version}/images/flannel.tar`, 'another', 'b'.repeat(64))
  assert.match(await refusal(mirror), `the checksum of ${version}/images/flannel.tar is `)
})
