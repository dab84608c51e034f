import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { capabilities } from '../../docs/peer-capabilities.ts'
import { withPeersTable } from '../../docs/peers.ts'
import { suite } from '../support/spec.ts'

const test = suite('the comparison with other tools')

const textOf = (file: string): string => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8')

test('the README has the table; `npm run docs` writes it', () => {
  const readme = textOf('README.md')
  assert.is(readme, withPeersTable(readme))
})

test('each test that it names exists under its title', () => {
  assert.equal(
    capabilities
      .flatMap(({ tests }) => tests)
      .filter(([file, title]) =>
        ["'", '`', '"'].every((quote) => !textOf(file).includes(`${quote}${title}`)),
      ),
    [],
  )
})

test('what is said to be done has a test, and each answer begins with one of four', () => {
  assert.equal(
    capabilities
      .filter(({ ours, tests }) => !ours.startsWith('no') && tests.length === 0)
      .map(({ what }) => what),
    [],
  )
  const answers = capabilities.flatMap(({ ours, theirs }) => [ours, ...Object.values(theirs)])
  assert.equal(
    answers.filter((answer) => !/^(?:(?:yes|partly|no)(?:[,:] \S|$)|not found$)/.test(answer)),
    [],
  )
})

test('a tool that does it better does it', () => {
  assert.equal(
    capabilities.flatMap(({ what, theirs, better }) =>
      better.filter((key) => !/^(?:yes|partly)/.test(theirs[key])).map((key) => `${what}: ${key}`),
    ),
    [],
  )
})
