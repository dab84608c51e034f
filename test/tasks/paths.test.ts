import * as assert from 'uvu/assert'
import { plainPath } from '../../tasks/paths.ts'
import { suite } from '../support/spec.ts'

const test = suite('paths on hosts')

const table: [string, string][] = [
  ['/', '/'],
  ['//', '/'],
  ['/.', '/'],
  ['/srv/x', '/srv/x'],
  ['/srv/x/', '/srv/x'],
  ['/srv//x///', '/srv/x'],
  ['/srv/./x/.', '/srv/x'],
  ['/./srv/././x', '/srv/x'],
  ['/srv/../x', '/srv/../x'],
  ['/srv/.x/..y/', '/srv/.x/..y'],
  ['/srv/x.', '/srv/x.'],
]
for (const [written, plain] of table)
  test(`${written} is ${plain}`, () => assert.is(plainPath(written), plain))
