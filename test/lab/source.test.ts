/** Which Kubernetes a demo takes, and from where. */
import * as assert from 'uvu/assert'
import { choiceLines, chooseSource } from '../../lab/source.ts'
import type { Circumstances } from '../../lab/source.ts'
import { suite } from '../support/spec.ts'

const test = suite('the source of a demo')

const bare: Circumstances = {
  releases: ['1.20', '1.36', '1.37'],
  debian: '1.20',
  cached: [],
  official: false,
  go: 0,
  cores: 2,
}

const chosen = (has: Partial<Circumstances>): string => {
  const { kind, release, minutes } = chooseSource({ ...bare, ...has }).source
  return `${release} ${kind} ${minutes}`
}

test('without a network of releases and without Go, it is what Debian has', () => {
  assert.is(chosen({}), '1.20 debian 5')
  assert.is(chosen({ cached: ['1.20'] }), '1.20 cache 0')
})

test('modules are taken where they take at most ten minutes: with Go 1.24 and four cores', () => {
  assert.is(chosen({ go: 26, cores: 4 }), '1.37 modules 8')
  assert.is(chosen({ go: 24, cores: 4 }), '1.37 modules 8')
  assert.is(chosen({ go: 23, cores: 4 }), '1.20 debian 5')
  assert.is(chosen({ go: 26, cores: 3 }), '1.20 debian 5')
})

test('the newest release is taken; of one release, the quickest way', () => {
  assert.is(chosen({ official: true, go: 26, cores: 8 }), '1.37 release 2')
  assert.is(chosen({ official: true, cached: ['1.20', '1.36'] }), '1.37 release 2')
  assert.is(chosen({ cached: ['1.20', '1.36'] }), '1.36 cache 0')
  assert.is(chosen({ official: true, cached: ['1.37'] }), '1.37 cache 0')
})

test('a release that is asked for takes as long as it takes', () => {
  assert.is(chosen({ asked: '1.37', go: 26 }), '1.37 modules 16')
  assert.is(chosen({ asked: '1.20', official: true }), '1.20 debian 5')
  assert.is(chosen({ asked: '1.36', official: true, cached: ['1.37'] }), '1.36 release 2')
})

test('a named release is taken, whatever else is there', () => {
  const from = { releaseFrom: '/srv/kubernetes', cached: ['1.37'], official: true }
  assert.is(chosen(from), '1.37 release 2')
  assert.is(chosen({ ...from, asked: '1.36' }), '1.36 release 2')
})

const refusal = (has: Partial<Circumstances>): string => {
  try {
    chooseSource({ ...bare, ...has })
  } catch (error) {
    return String(error)
  }
  return ''
}

test('a release that cannot be had is refused, with the reason', () => {
  assert.match(
    refusal({ asked: '1.37' }),
    'official releases cannot be reached, and Go 1.24 is not installed',
  )
  assert.match(refusal({ asked: '1.99' }), 'the lab does not have Kubernetes 1.99')
})

test('it is said what is taken, why, how long it takes, and what else could be asked for', () => {
  assert.equal(choiceLines(chooseSource({ ...bare, go: 26 })), [
    "lab: Kubernetes 1.20 from Debian's source package, about 5 minutes: newer ones take longer than 10 minutes with 2 cores",
    'lab: other choices:',
    '       --kubernetes 1.37  Go modules, about 16 minutes',
    '       --kubernetes 1.36  Go modules, about 16 minutes',
    '       --release-from FOLDER|URL  a copy of an official release, about 2 minutes',
  ])
  const cached = choiceLines(chooseSource({ ...bare, cached: ['1.37'] }))
  assert.is(
    cached[0],
    'lab: Kubernetes 1.37 from the bundle in the cache, at once: it is the newest one, and takes at most 10 minutes',
  )
  const [older] = choiceLines(chooseSource({ ...bare, cached: ['1.36'] }))
  assert.match(older ?? '', 'newer ones need a network with the official releases, or Go 1.24')
})
