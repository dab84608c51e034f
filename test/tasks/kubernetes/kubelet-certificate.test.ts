import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { kubeletCertificate } from '../../../tasks/kubernetes/kubelet-certificate.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { conf as kubeconfigOf, former, next, signed, trustIn, trusting } from './rotation-world.ts'

const test = suite('kubelet-certificate')
const folder = folderOf(test)

const openssl = (words: string): void => {
  execFileSync('openssl', words.split(' '), { stdio: 'ignore', cwd: folder.path })
}
const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

/** An authority that is valid for ten years, and a certificate of it. */
const issue = (name: string, days = 10): { readonly ca: string; readonly leaf: string } => {
  openssl(`req -x509 ${key} -keyout ${name}.ca.key -out ${name}.ca.crt -subj /CN=${name} -days 3650`)
  openssl(`req ${key} -keyout ${name}.key -out ${name}.csr -subj /O=system:nodes/CN=system:node:m1`)
  openssl(
    `x509 -req -in ${name}.csr -CA ${name}.ca.crt -CAkey ${name}.ca.key -CAcreateserial -out ${name}.crt -days ${days}`,
  )
  const text = (end: string): string => readFileSync(folder.at(`${name}.${end}`), 'utf8')
  return { ca: text('ca.crt'), leaf: text('crt') }
}
const own = issue('kubernetes')
const other = issue('other', 100)

const link = '/var/lib/kubelet/pki/kubelet-client-current.pem'
const conf = '/etc/kubernetes/kubelet.conf'
const restart = '/etc/coxswain/restart-kubelet'
const config = '/etc/coxswain/kubeadm.yaml'
const ca = '/etc/kubernetes/pki/ca.crt'
const privateKey = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const linked = (authority = own.ca): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${base64(authority)}\nusers:\n- user:\n    client-certificate: ${link}\n    client-key: ${link}\n`
const embedded = (client: string): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${base64(own.ca)}\nusers:\n- user:\n    client-certificate-data: ${base64(client)}\n    client-key-data: ${base64(privateKey)}\n`

const healthy = {
  [ca]: own.ca,
  [ca.replace('.crt', '.key')]: 'k',
  [conf]: linked(),
  [link]: own.leaf,
  [config]: 'x',
}
const now = Math.floor(Date.now() / 1000)
const day = 86_400

/** A host whose clock is some days ahead of ours. */
const world = (files: NonNullable<World['files']>, ahead = 0): World => ({
  files,
  replies: {
    'date +%s': String(now + ahead * day),
    'kubeadm version -o short': 'v1.37.2',
    'systemctl restart kubelet': (_, all) => {
      assert.ok(all.has(restart))
      return ''
    },
  },
  patterns: [
    [/^kubeadm init phase kubeconfig kubelet /, ''],
    [
      sentPattern('tasks/kubernetes/kubelet-client.sh'),
      (_, all) => {
        all.set(link, { content: other.leaf })
        all.set(conf, { content: linked(other.ca) })
        all.set(ca, { content: other.ca })
        return ''
      },
    ],
  ],
})
const task = () => kubeletCertificate({ node: 'm1' })

test('a certificate that is valid is kept, in its own file or in the kubeconfig', async () => {
  assert.is((await rehearse(task(), world(healthy))).outcome, 'ok')
  const { [link]: _, ...others } = healthy
  assert.is((await rehearse(task(), world({ ...others, [conf]: embedded(own.leaf) }))).outcome, 'ok')
})

const { [conf]: _, ...withoutConf } = healthy
const { [link]: __, ...withoutFile } = healthy
for (const [title, files, ahead, from] of [
  ['has expired', healthy, 11, `the certificate in ${link} expired at`],
  ['has expired in the kubeconfig', { ...healthy, [conf]: embedded(own.leaf) }, 11, `in ${conf} expired at`],
  ['is of another authority', { ...healthy, [link]: other.leaf }, 0, 'is signed by another authority'],
  ['is beside an authority of another cluster', { ...healthy, [conf]: linked(other.ca) }, 0, 'its authority'],
  ['is missing', withoutFile, 0, `${link} does not have a certificate`],
  ['has no kubeconfig', withoutConf, 0, `${conf} does not exist`],
] as const)
  test(`a certificate that ${title} is replaced, and the kubelet restarted`, async () => {
    const run = await rehearse(task(), world(files, ahead))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.match(String(run.changes[0]?.from), from)
    const [made, placed, restarted] = run.commands.apply
    assert.is(
      made,
      `kubeadm init phase kubeconfig kubelet --config ${config} --node-name m1 --kubeconfig-dir /etc/coxswain/kubelet-certificate`,
    )
    assert.match(placed ?? '', `/etc/coxswain/kubelet-certificate/kubelet.conf ${link} ${conf}`)
    assert.is(restarted, 'systemctl restart kubelet')
    assert.not.ok(run.files.has(restart))
  })

test('without a configuration on the host, kubeadm gets its own version', async () => {
  const { [config]: ___, ...others } = withoutFile
  const run = await rehearse(task(), world(others))
  assert.match(run.commands.apply.join('\n'), 'kubelet --kubernetes-version v1.37.2 --node-name m1')
})

test('the new certificate is for the node that the former one names', async () => {
  const run = await rehearse(kubeletCertificate({ node: 'of-the-inventory' }), world(healthy, 11))
  assert.match(run.commands.apply.join('\n'), '--node-name m1 ')
})

test('a kubelet that an interrupted run has not restarted is restarted, and no key stays elsewhere', async () => {
  const left = '/etc/coxswain/kubelet-certificate/kubelet.conf'
  const run = await rehearse(task(), world({ ...healthy, [restart]: 'x', [left]: 'a key' }))
  assert.not.ok(run.files.has(left))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['systemctl restart kubelet'])
})

for (const [title, files, ahead, message, hint] of [
  [
    'an authority whose key is elsewhere',
    { ...withoutFile, [ca.replace('.crt', '.key')]: undefined },
    0,
    'ca.key is not on host',
    'kubeadm certs generate-csr',
  ],
  ['an authority that has expired', healthy, 3651, 'ca.crt expired at', 'Manual Rotation of CA'],
  ['a clock that is wrong', healthy, -1, 'is valid from', 'set the clock'],
  ['a host without a cluster', {}, 0, 'does not have /etc/kubernetes/pki/ca.crt', 'not a control-plane'],
] as const)
  test(`refused by name, and also by --check: ${title}`, async () => {
    const given = Object.fromEntries(
      Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
    )
    const run = await rehearse(task(), world(given, ahead))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.equal(run.commands.apply, [])
  })

/** What the program makes of a kubeconfig of kubeadm, with the kubelet's own beside it. */
const place = (
  shell: string,
  made: string,
  kubelet?: string,
): { readonly code: number; readonly pki: string } => {
  const at = folder.at(`host-${shell}-${Math.random()}`)
  mkdirSync(at, { recursive: true })
  writeFileSync(`${at}/new.conf`, made)
  if (kubelet !== undefined) writeFileSync(`${at}/kubelet.conf`, kubelet)
  const program = 'tasks/kubernetes/kubelet-client.sh'
  const words = [program, `${at}/new.conf`, `${at}/pki/kubelet-client-current.pem`, `${at}/kubelet.conf`]
  const [name = '', ...more] = shell.split(' ')
  const { status } = spawnSync(name, [...more, ...words], { stdio: 'ignore' })
  return { code: status ?? 1, pki: at }
}

for (const shell of ['dash', 'busybox sh'])
  test(
    `${shell}: certificate and key are in one file, which the link leads to`,
    { needs: ['dash', 'busybox'] },
    () => {
      const made = embedded(own.leaf)
      const { code, pki } = place(shell, made)
      assert.is(code, 0)
      const current = `${pki}/pki/kubelet-client-current.pem`
      assert.ok(lstatSync(current).isSymbolicLink())
      assert.match(readlinkSync(current), /kubelet-client-\d{4}(-\d\d){5}\.pem$/)
      assert.is(readFileSync(current, 'utf8'), `${own.leaf}${privateKey}`)
      assert.match(readFileSync(`${pki}/kubelet.conf`, 'utf8'), `client-key: ${current}`)
    },
  )

for (const shell of ['dash', 'busybox sh'])
  test(
    `${shell}: a kubeconfig without certificate and key changes nothing`,
    { needs: ['dash', 'busybox'] },
    () => {
      const { code, pki } = place(shell, 'users: []\n', 'former')
      assert.is(code, 101)
      assert.is(readFileSync(`${pki}/kubelet.conf`, 'utf8'), 'former')
      assert.equal(readdirSync(`${pki}/pki`), [])
    },
  )

test('a kubeconfig of kubeadm without certificate and key is an error that says so', async () => {
  const { patterns = [], ...others } = world(withoutFile)
  const run = await rehearse(task(), {
    ...others,
    patterns: [[sentPattern('tasks/kubernetes/kubelet-client.sh'), { code: 101 }], ...patterns],
  })
  assert.is(run.outcome, 'failed')
  assert.match(
    String(run.error),
    'the kubeconfig that kubeadm made on host, /etc/coxswain/kubelet-certificate/kubelet.conf, does not have a certificate and a key',
  )
  assert.match(hintOf(run.error), 'kubeadm version')
  assert.not.ok(run.commands.apply.includes('systemctl restart kubelet'))
})

test('with onlyRestart, a certificate of another authority stays: it is renewed once all API servers have new ones', async () => {
  const restarting = kubeletCertificate({ node: 'm1', onlyRestart: true })
  assert.is((await rehearse(restarting, world({ ...healthy, [link]: other.leaf }))).outcome, 'ok')
  const run = await rehearse(restarting, world({ ...healthy, [link]: other.leaf, [restart]: 'x' }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['systemctl restart kubelet'])
  assert.is(run.files.get(link)?.content, other.leaf)
  assert.not.ok(run.files.has(restart))
})

for (const [title, there, leaf, signer, trusted] of [
  ['both are trusted', trusting, former.leaf, former, former.ca + next.ca],
  // another master can have an API server of the former authority still
  ['the new one signs', signed, next.leaf, next, next.ca + former.ca],
] as const)
  test(`while an authority is being replaced, and ${title}, the kubelet trusts both`, async () => {
    const without = Object.fromEntries(
      Object.entries({ ...there, [config]: 'x' }).filter(([path]) => path !== link),
    )
    const run = await rehearse(task(), {
      ...world(without),
      patterns: [
        [/^kubeadm init phase kubeconfig kubelet /, ''],
        [
          sentPattern('tasks/kubernetes/kubelet-client.sh'),
          (_sent, all) => {
            all.set(link, { content: leaf })
            all.set(conf, {
              content: kubeconfigOf(signer.ca, leaf).replace(/client-(\w+)-data: \S+/g, `client-$1: ${link}`),
            })
            return ''
          },
        ],
      ],
    })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(trustIn(String(run.files.get(conf)?.content)), trusted)
    assert.is(run.commands.apply.at(-1), 'systemctl restart kubelet')
  })
