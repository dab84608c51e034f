import { X509Certificate } from 'node:crypto'
import * as assert from 'uvu/assert'
import {
  certificatesIn,
  isAt,
  isSignedBy,
  stageOf,
  stages,
  textAt,
} from '../../../../tasks/kubernetes/rotation/bundle.ts'
import { suite } from '../../../support/spec.ts'
import { former, next, other } from '../rotation-world.ts'

const test = suite('certificates of authorities in one file')

const one = (text: string): X509Certificate => new X509Certificate(text)
const pair = { former: one(former.ca), next: one(next.ca) }

test('each stage is recognised in the text that it has', () => {
  for (const stage of stages) assert.is(stageOf(textAt(stage, pair), pair), stage)
})

test('what cannot be read is left out', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  assert.is(certificatesIn(broken + former.ca).length, 1)
})

test('a text with other certificates, or without any, is at no stage', () => {
  for (const text of [
    '',
    'x',
    other.ca,
    former.ca + other.ca,
    former.ca + next.ca + other.ca,
    former.ca + former.ca,
  ])
    assert.is(stageOf(text, pair), undefined, text)
})

test('stages have an order, and a file without a stage is at none', () => {
  assert.ok(isAt('new', 'both') && isAt('both', 'both'))
  assert.not.ok(isAt('both', 'new first'))
  assert.not.ok(isAt(undefined, 'former'))
})

test('a signature counts, not the name of the authority, which both have', () => {
  assert.ok(isSignedBy(next.leaf, pair.next))
  assert.not.ok(isSignedBy(former.leaf, pair.next))
  assert.not.ok(isSignedBy('x', pair.next))
})
