import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { kubernetesPrograms } from '../../../tasks/kubernetes/kubernetes-programs.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('kubernetes-programs')
const folder = folderOf(test)

const sumOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
const version = 'v1.37.2'

/** A bundle whose programs are texts. */
const programs = (name: string, sums?: (text: string) => string): string => {
  const files = { kubeadm: 'new kubeadm', kubelet: 'new kubelet', kubectl: 'new kubectl' }
  for (const [program, text] of Object.entries(files)) folder.write(`${name}/bin/${program}`, text)
  const text = Object.entries(files)
    .map(([program, content]) => `${sumOf(content)}  bin/${program}\n`)
    .join('')
  folder.write(`${name}/SHA256SUMS`, sums?.(text) ?? text)
  return folder.at(name)
}

/** What programs say, by their content, and a mv that moves. */
const world = (said: string): NonNullable<World['patterns']> => {
  const says: Reply = ({ script }, files) => {
    const path = /^(\S+)/.exec(script)?.[1] ?? ''
    const content = String(files.get(path)?.content ?? '')
    return content === '' ? { code: 127 } : { stdout: content.startsWith('new') ? said : 'v1.36.3' }
  }
  return [
    [/^\/usr\/bin\/\S+ (version|--version)/, says],
    [
      /^mv -f (\S+) (\S+)$/,
      ({ script }, files) => {
        const [, from = '', to = ''] = /^mv -f (\S+) (\S+)$/.exec(script) ?? []
        const file = files.get(from)
        if (file === undefined) return { code: 1 }
        files.delete(from)
        files.set(to, file)
        return ''
      },
    ],
  ]
}
const former = { '/usr/bin/kubeadm': 'old kubeadm', '/usr/bin/kubelet': 'new kubelet' }

test('programs whose sum differs are replaced at once, and nothing is restarted', async () => {
  const task = kubernetesPrograms({ version, bundle: programs('good') })
  const run = await rehearse(task, { files: former, patterns: world(version) })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: '/usr/bin/kubeadm', from: 'v1.36.3', to: version },
    { what: '/usr/bin/kubectl', from: undefined, to: version },
  ])
  assert.is(String(run.files.get('/usr/bin/kubeadm')?.content), 'new kubeadm')
  assert.is(run.files.get('/usr/bin/kubeadm')?.mode, '0755')
  assert.equal([...run.files.keys()].toSorted(), ['/usr/bin/kubeadm', '/usr/bin/kubectl', '/usr/bin/kubelet'])
})

test('a file with another sum than SHA256SUMS says is refused, before anything is replaced', async () => {
  const bundle = programs('damaged')
  folder.write('damaged/bin/kubectl', 'damaged')
  const run = await rehearse(kubernetesPrograms({ version, bundle }), {
    files: former,
    patterns: world(version),
  })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), /bin\/kubectl has the sum [0-9a-f]{64}, not [0-9a-f]{64} \(SHA256SUMS\)/)
  assert.is(String(run.files.get('/usr/bin/kubeadm')?.content), 'old kubeadm')
})

for (const [title, sums, message] of [
  ['lines that are not sums', () => 'kubeadm\n', 'has a line that is not a sum and a path: kubeadm'],
  ['no program', (text: string) => text.replace(/.*kubectl\n/, ''), 'does not have bin/kubectl'],
] as const)
  test(`a bundle with ${title} is refused`, async () => {
    const bundle = programs(`bad-${title.length}`, sums)
    const run = await rehearse(kubernetesPrograms({ version, bundle }), { patterns: world(version) })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), 'sha256sum bin/* images/* > SHA256SUMS')
  })

test('a bundle without sums is refused', async () => {
  folder.write('none/bin/kubeadm', 'x')
  const run = await rehearse(kubernetesPrograms({ version, bundle: folder.at('none') }), {})
  assert.match(String(run.error), 'SHA256SUMS does not exist, so the bundle cannot be verified')
})

test('programs of another version are not put in place', async () => {
  const run = await rehearse(
    kubernetesPrograms({ version, bundle: programs('other'), programs: ['kubeadm'] }),
    {
      files: former,
      patterns: world('v1.37.1'),
      unpredictable: 'the version is known only when the program is on the host',
    },
  )
  assert.match(String(run.error), 'bin/kubeadm is v1.37.1, not v1.37.2: nothing was replaced')
  assert.equal([...run.files.keys()].toSorted(), ['/usr/bin/kubeadm', '/usr/bin/kubelet'])
})

test('a program of another version leaves all others as they were', async () => {
  const run = await rehearse(kubernetesPrograms({ version, bundle: programs('mixed') }), {
    files: former,
    patterns: [[/kubectl\S* version/, 'v1.37.1'], ...world(version)],
    unpredictable: 'the version is known only when the program is on the host',
  })
  assert.match(String(run.error), 'bin/kubectl is v1.37.1, not v1.37.2: nothing was replaced')
  assert.equal(
    [...run.files].map(([path, file]) => [path, String(file.content)]),
    Object.entries(former),
  )
})

test('a text that is not an exact version is refused', () => {
  assert.throws(
    () => kubernetesPrograms({ version: 'v1.37', bundle: '/x' }),
    /must be a version such as v1\.37\.2/,
  )
})
