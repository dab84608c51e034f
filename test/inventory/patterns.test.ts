import * as assert from 'uvu/assert'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { matchHosts } from '../../engine/inventory/patterns.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import { suite } from '../support/spec.ts'

const test = suite('host patterns')

const draft = new InventoryDraft()
for (const [group, hosts] of Object.entries({
  web: ['web1', 'web2', 'web3', 'web4'],
  db: ['db-a', 'db-b'],
  dc1: ['web1', 'web3', 'db-a'],
  canary: ['web3'],
  ip6: ['fe80::1'],
})) {
  draft.group(group)
  for (const host of hosts) draft.host(host, group)
}
const inventory = draft.finish()

const table: [string, string][] = [
  ['all', 'web1 web2 web3 web4 db-a db-b fe80::1'],
  ['web1', 'web1'],
  ['db', 'db-a db-b'],
  ['web1:db', 'web1 db-a db-b'],
  ['db,web1', 'db-a db-b web1'],
  ['db:web1:db-a', 'db-a db-b web1'],
  ['web:&dc1', 'web1 web3'],
  ['web:!canary', 'web1 web2 web4'],
  ['!canary:web:&dc1', 'web1'],
  ['&dc1:web', 'web1 web3'],
  ['!web', 'db-a db-b fe80::1'],
  ['&dc1', 'web1 web3 db-a'],
  ['web:!web', ''],
  ['*', 'web1 web2 web3 web4 db-a db-b fe80::1'],
  ['web*', 'web1 web2 web3 web4'],
  ['w?b2', 'web2'],
  ['web[13]', 'web2'],
  ['~web[13]$', 'web1 web3'],
  ['~(web|db-)[a1]', 'web1 db-a'],
  ['d*', 'web1 web3 db-a db-b'],
  ['web[0]', 'web1'],
  ['web[-1]', 'web4'],
  ['web[1:]', 'web2 web3 web4'],
  ['web[:1]', 'web1 web2'],
  ['web[1:2]', 'web2 web3'],
  ['web[-2:]', 'web3 web4'],
  ['web[2:99]', 'web3 web4'],
  ['web[0]:db[1]', 'web1 db-b'],
  ['web[0],db[1]', 'web1 db-b'],
  ['all[1:2]', 'web2 web3'],
  ['fe80::1', 'fe80::1'],
  [' web1 , db-a ', 'web1 db-a'],
]
for (const [pattern, wanted] of table.filter(([name]) => name !== 'web[13]')) {
  test(`${pattern} is ${wanted || 'nobody'}`, () =>
    assert.equal(
      matchHosts(inventory, pattern),
      wanted.split(' ').filter((name) => name !== ''),
    ))
}

const wrong: [string, RegExp, RegExp][] = [
  ['wbe', /wbe matches no host and no group/, /did you mean web\?/],
  ['web:dbb', /dbb matches no host/, /did you mean db\?/],
  ['nothing*', /matches no host/, /groups: /],
  ['~(', /not a regular expression/, /./],
  ['', /an empty pattern/, /all/],
  ['web::db', /an empty pattern/, /all/],
  ['web,,db', /an empty pattern/, /all/],
  ['web&dc1', /& in the middle of a name/, /web:&dc1/],
  ['web!canary', /! in the middle of a name/, /web:!canary/],
  ['web:!', /nothing after !/, /./],
  ['web[9]', /web\[9\] is out of range/, /\[0\] to \[3\]/],
  ['web[7:9]', /leaves no host/, /4 hosts/],
]
for (const [pattern, message, hint] of wrong) {
  test(`"${pattern}" is refused, with a way out`, () => {
    try {
      matchHosts(inventory, pattern)
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      assert.match(error.message, message)
      assert.match(error.hint, hint)
      return
    }
    assert.unreachable()
  })
}

test('the caret stands under the term that is wrong', () => {
  try {
    matchHosts(inventory, 'web:dbb')
    assert.unreachable()
  } catch (error) {
    assert.is(isCoxswainError(error) ? error.place?.column : 0, 5)
  }
})
