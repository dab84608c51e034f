/** Keys that sign tokens, and what is known of a token by its header. */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import * as assert from 'uvu/assert'
import {
  keyId,
  newPrivateKey,
  publicKeysIn,
  publicOf,
  publicText,
} from '../../../../tasks/kubernetes/service-accounts/keys.ts'
import { judge, keyNamed, podsIn } from '../../../../tasks/kubernetes/service-accounts/tokens.ts'
import { openOf } from '../../../../tasks/kubernetes/service-accounts/secrets.ts'
import { suite } from '../../../support/spec.ts'
import { headerOf, pairOf } from '../service-account-world.ts'

const test = suite('keys of service accounts')

const one = pairOf()
const other = pairOf('secp384r1')

test('a key is named as API servers name it: SHA-256 of its SubjectPublicKeyInfo in Base64 for URLs', () => {
  const der = Buffer.from(one.public.replaceAll(/-----.*-----|\n/g, ''), 'base64')
  const sum = createHash('sha256').update(der).digest('base64')
  assert.is(one.id, sum.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))
})

test('a file with several keys has all of them, with the time of those that this project makes', () => {
  const time = new Date('2026-12-01T01:02:03Z')
  const text = `${one.public}${publicText(createPublicKey(other.public), time)}`
  assert.equal(
    publicKeysIn(text)?.map(({ id, made }) => [id, made?.toISOString()]),
    [
      [one.id, undefined],
      [other.id, '2026-12-01T01:02:03.000Z'],
    ],
  )
  assert.equal(publicKeysIn(text.replaceAll('\n', '\r\n'))?.length, 2)
})

test('a text with anything else in PEM is not taken for public keys', () => {
  const end = '-----END PUBLIC KEY-----'
  for (const text of [
    '',
    'x',
    one.private,
    one.public + one.private,
    one.public.replace(end, ''),
    one.public.replace(/\n[^\n]*\n-----END/, '\n-----END'),
    `-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n${one.public}`,
  ])
    assert.is(publicKeysIn(text), undefined, text)
  assert.is(publicOf('x'), undefined)
  assert.is(publicOf(one.public), undefined)
})

test('a new key is of the kind of the former one, and signs', async () => {
  for (const { public: text, private: former } of [one, other]) {
    const like = createPublicKey(text)
    const key = await newPrivateKey(like)
    const own = publicOf(key)
    assert.is(own?.asymmetricKeyType, like.asymmetricKeyType)
    assert.equal(own?.asymmetricKeyDetails, like.asymmetricKeyDetails)
    assert.is(key.split('\n')[0], former.split('\n')[0])
    assert.is.not(own === undefined ? '' : keyId(own), keyId(like))
    const data = Buffer.from('x')
    const signature = sign('sha256', data, createPrivateKey(key))
    assert.ok(own !== undefined && verify('sha256', data, own, signature))
  }
})

test('the header of a token names its key', () => {
  assert.is(keyNamed(headerOf('k')), 'k')
  assert.is(keyNamed(headerOf('')), '')
  assert.is(keyNamed(headerOf()), '')
  for (const header of ['', '?', 'e30', 'eyJ', Buffer.from('[1]').toString('base64url')])
    assert.is(keyNamed(header), undefined, header)
})

const pod = { uid: 'u', name: 'default/p', running: true, tokens: ['v/..data/token'] }
const token = (path: string, key: string, uid = 'u') => ({ uid, path, key })
const wanted = { former: ['old'], next: 'new' }

test('a token of a pod must be of the new key; another file that names a former key is only named', () => {
  const right = judge(
    [pod],
    [token('v/..data/token', 'new'), token('s/..data/x', 'of another cluster')],
    wanted,
  )
  assert.equal(right, { former: [], missing: [], copies: [] })
  for (const key of ['old', 'unknown', ''])
    assert.equal(judge([pod], [token('v/..data/token', key)], wanted).former, [
      'pod default/p: v/..data/token',
    ])
  const copied = judge([pod], [token('v/..data/token', 'new'), token('s/..data/x', 'old')], wanted)
  assert.equal(copied, { former: [], missing: [], copies: ['pod default/p: s/..data/x'] })
})

test('the path of a token can have any character', () => {
  const rows = 'u\ta/p\tRunning\nu\ta/p\tRunning\tv\t"my token,\\n\\"x\\" "\nw\ta/q\tPending\n'
  assert.equal(podsIn(rows), [
    { uid: 'u', name: 'a/p', running: true, tokens: ['kubernetes.io~projected/v/..data/my token,?"x" '] },
    { uid: 'w', name: 'a/q', running: false, tokens: [] },
  ])
})

test('a token that is missing is wrong only where the pod runs, and what is left of other pods does not matter', () => {
  const gone = token('v/..data/token', 'old', 'gone')
  assert.equal(judge([pod], [gone], wanted), {
    former: [],
    missing: ['pod default/p: v/..data/token'],
    copies: [],
  })
  assert.equal(judge([{ ...pod, running: false }], [gone], wanted), { former: [], missing: [], copies: [] })
})

test('before there is a new key, the tokens of those in use are former ones', () => {
  const predicted = { former: ['old'], next: undefined }
  assert.equal(judge([pod], [token('v/..data/token', 'old')], predicted).former.length, 1)
})

test('a Secret is open without a token of a right key, whichever other key has signed it', () => {
  const all = ['old', '', 'replaced long ago', undefined, 'new'].map((key, index) => ({
    namespace: 'a',
    name: `s${index}`,
    key,
  }))
  assert.equal(
    openOf(all, ['new']).map(({ name }) => name),
    ['s0', 's1', 's2', 's3'],
  )
})
