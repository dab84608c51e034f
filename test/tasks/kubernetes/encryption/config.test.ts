import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../../engine/index.ts'
import { argumentIn, withArgumentIn } from '../../../../tasks/kubernetes/encryption/cluster-argument.ts'
import { configIn } from '../../../../tasks/kubernetes/encryption/config.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('configurations of encryption at rest')

const secret = Buffer.alloc(32, 7).toString('base64')
const source = { path: '/etc/kubernetes/enc.yaml', host: 'm1' }

const withProviders = (providers: string, resources = '[secrets]'): string =>
  `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: ${resources}\n  providers: ${providers}\n`

const keys = (type: string, name = 'key1', value = secret): string =>
  `{${type}: {keys: [{name: ${name}, secret: ${value}}]}}`

test('keys are read in their order, without comments', () => {
  const text = `# a comment\n${withProviders(`[${keys('aescbc')}, ${keys('secretbox', 'two')}, {identity: {}}]`)}`
  assert.equal(configIn(text, source), [
    {
      resources: ['secrets'],
      providers: [
        { type: 'aescbc', keys: [{ name: 'key1', secret }] },
        { type: 'secretbox', keys: [{ name: 'two', secret }] },
        { type: 'identity', keys: [] },
      ],
    },
  ])
})

for (const [title, text, message] of [
  ['a text of something else', 'hello', 'it is not an EncryptionConfiguration'],
  [
    'a field that is not known',
    `${withProviders(`[${keys('aescbc')}]`)}more: 1\n`,
    'it is not an Encryption',
  ],
  ['kms', withProviders('[{kms: {name: x, endpoint: unix:///x}}]'), 'key management service'],
  ['another provider', withProviders(`[${keys('rot13')}]`), 'the provider rot13 is not known'],
  ['a key of the wrong size', withProviders(`[${keys('secretbox', 'k', 'YWJj')}]`), 'has 3 bytes, not 32'],
  ['a key without a secret', withProviders('[{aescbc: {keys: [{name: k}]}}]'), 'the keys of aescbc cannot'],
  ['wildcards', withProviders(`[${keys('aescbc')}]`, "['*.*']"), 'objects of *.* are not rewritten'],
  [
    'a provider twice',
    withProviders(`[${keys('aescbc')}, ${keys('aescbc', 'b')}]`),
    'the provider aescbc twice',
  ],
  ['a quote that is not closed', withProviders(`[${keys('aescbc', 'k', `"${secret}`)}]`), 'that can be read'],
  ['a map that is not closed', withProviders(`[{aescbc: {keys: [{name: a, secret: ${secret}`), 'can be read'],
  ['a reserved character', withProviders(`[${keys('aescbc', 'k', `@${secret}`)}]`), 'that can be read'],
  ['an alias', withProviders(`[${keys('aescbc', 'k', `*${secret}`)}]`), 'that can be read'],
] as const)
  test(`refused, without any key in the error: ${title}`, () => {
    try {
      configIn(text, source)
      assert.unreachable()
    } catch (error) {
      assert.ok(isCoxswainError(error))
      assert.match(error.message, message)
      assert.match(error.message, '/etc/kubernetes/enc.yaml on m1')
      assert.match(error.hint, 'nothing was changed')
      const all = `${error.message}${error.hint}${error.output ?? ''}${String(error.cause)}${error.stack ?? ''}`
      assert.not.match(all, secret.slice(0, 12))
    }
  })

const flag = 'encryption-provider-config'
const file = '/etc/kubernetes/pki/encryption.yaml'

for (const [title, version, before, after] of [
  [
    'a list',
    'v1beta4',
    'apiServer:\n  extraArgs:\n    - name: v\n      value: "2"\n',
    `apiServer:\n  extraArgs:\n    - name: v\n      value: "2"\n    - name: ${flag}\n      value: ${file}\n`,
  ],
  [
    'a map',
    'v1beta3',
    'apiServer:\n  extraArgs:\n    v: "2"\n',
    `apiServer:\n  extraArgs:\n    v: "2"\n    ${flag}: ${file}\n`,
  ],
  [
    'no arguments, in a list',
    'v1beta4',
    'apiServer:\n  certSANs:\n    - a\n',
    `apiServer:\n  certSANs:\n    - a\n  extraArgs:\n    - name: ${flag}\n      value: ${file}\n`,
  ],
  ['no API server, in a map', 'v1beta2', '', `apiServer:\n  extraArgs:\n    ${flag}: ${file}\n`],
  [
    'another value',
    'v1beta4',
    `apiServer:\n  extraArgs:\n    - name: ${flag}\n      value: /x\n`,
    `apiServer:\n  extraArgs:\n    - name: ${flag}\n      value: ${file}\n`,
  ],
] as const)
  test(`the argument in kubeadm-config: ${title}`, () => {
    const head = `apiVersion: kubeadm.k8s.io/${version}\nkind: ClusterConfiguration\n# stays\nclusterName: c\n`
    const edited = withArgumentIn(head + before, flag, file)
    assert.is(edited, head + after)
    assert.is(argumentIn(edited, flag)?.value, file)
    assert.not(argumentIn(head + before, flag)?.value === file)
  })

test('a text of another kind has no argument', () => {
  assert.is(argumentIn('kind: InitConfiguration\n', flag), undefined)
})
