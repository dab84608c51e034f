import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { cliPage } from '../../docs/cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of the command line')

test('it matches the commands; `npm run docs` generates it', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8'), cliPage()))
