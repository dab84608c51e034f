import * as assert from 'uvu/assert'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { knownNames } from '../../engine/inventory/graph.ts'
import { matchHosts } from '../../engine/inventory/patterns/match.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import { rejects } from '../support/rejects.ts'
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
draft.group('none')
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
  ['~web[13]$', 'web1 web3'],
  ['~(web|db-)[a1]', 'web1 db-a'],
  ['d*', 'db-a db-b web1 web3'],
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
  ['web[4:]', ''],
  ['canary[1:]', ''],
  ['w[!x]b[1-2]*', 'web1 web2'],
  ['~web.*:!canary', 'web1 web2 web4'],
  ['web:!~web[13]$', 'web2 web4'],
  ['~(?:web|db-)[a1]', 'web1 db-a'],
  ['~fe80\\:.*', 'fe80::1'],
  ['all,!fe80::1', 'web1 web2 web3 web4 db-a db-b'],
]
for (const [pattern, wanted] of table) {
  test(`${pattern} selects ${wanted || 'nothing'}`, () =>
    assert.equal(
      matchHosts(inventory, pattern),
      wanted.split(' ').filter((name) => name !== ''),
    ))
}

test('the hint for an unknown name lists at most ten hosts', () => {
  const wide = new InventoryDraft()
  for (let number = 10; number < 22; number += 1) wide.host(`node${number}`, 'all')
  const many = wide.finish()
  assert.is(
    knownNames(many),
    `groups: all, ungrouped; hosts: ${[...many.hosts.keys()].slice(0, 10).join(', ')} and 2 more`,
  )
})

const wrong: [string, RegExp, RegExp][] = [
  ['wbe', /wbe does not match any host or group/, /did you mean web\?/],
  ['web:dbb', /dbb does not match any host/, /did you mean db\?/],
  ['nothing*', /does not match any host/, /groups: .*web.*; hosts: web1, web2, .*fe80::1$/],
  ['webb', /webb does not match any host/, /did you mean web\?/],
  ['~(', /not a regular expression/, /./],
  ['', /an empty pattern/, /all/],
  ['web::db', /an empty pattern/, /all/],
  ['web,,db', /an empty pattern/, /all/],
  ['web&dc1', /& in the middle of a name/, /web:&dc1/],
  ['web!canary', /! in the middle of a name/, /web:!canary/],
  ['web:!', /nothing after !/, /./],
  ['web[9]', /web\[9\] is out of range/, /\[0\] to \[3\]/],
  ['web[7:9]', /does not match any host/, /4 hosts/],
  ['web[13]', /web\[13\] is out of range/, /~web\[13\]\$/],
  ['web[1-3]', /positions or characters/, /web\[1:3\] for positions/],
  ['web[1-]', /positions or characters/, /web\[1:\]/],
  ['none[0]', /none\[0\] is out of range/, /none has no host/],
  ['WEB', /WEB does not match any host/, /did you mean web\?/],
  ['web1:2222', /2222 does not match any host/, /a pattern cannot have a port/],
  ['localhost', /localhost does not match any host/, /connection: local/],
  ['all:!fe80::1', /an empty pattern/, /all,!fe80::1/],
  ['@', /nothing after @/, /@hosts\.txt/],
  ['@file', /cannot be used here/, /./],
  ['~web.*:!~(', /not a regular expression/, /./],
]
for (const [pattern, message, hint] of wrong) {
  test(`"${pattern}" is refused, with a hint`, () => {
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

test('the caret is under the invalid term', () => {
  try {
    matchHosts(inventory, 'web:dbb')
    assert.unreachable()
  } catch (error) {
    assert.is(isCoxswainError(error) ? error.place?.column : 0, 5)
  }
})

const files: Readonly<Record<string, string>> = {
  retry: '# of yesterday\nweb1\n\n  db[0] # the first\n',
  less: 'web\n!web2\n',
  not: '!canary\n',
  empty: '# nobody\n',
  wrong: 'web1\n  wbe2:db\n',
  deep: '@retry\n',
}
const withFiles = { name: '--limit', readFile: (path: string): string => files[path] ?? '' }
const fileTable: [string, string][] = [
  ['@retry', 'web1 db-a'],
  ['@retry:web2', 'web1 db-a web2'],
  ['@retry,&dc1', 'web1 db-a'],
  ['@less', 'web1 web3 web4'],
  ['web:@not', 'web1 web2 web4'],
  ['web:!@retry', 'web2 web3 web4'],
  ['web:&@retry', 'web1'],
]
for (const [pattern, wanted] of fileTable) {
  test(`${pattern} is ${wanted}`, () =>
    assert.equal(matchHosts(inventory, pattern, withFiles), wanted.split(' ')))
}

test('an empty file of hosts is an error: Ansible would select all', async () => {
  const error = await rejects(
    () => matchHosts(inventory, '@empty', withFiles),
    'pattern-invalid',
    'has no patterns',
  )
  assert.match(error.hint, 'all')
  await rejects(
    () => matchHosts(inventory, '@deep', withFiles),
    'pattern-invalid',
    'cannot include another one',
  )
})

test('an error has the place of the pattern', async () => {
  const inFile = await rejects(() => matchHosts(inventory, 'db:@wrong', withFiles), 'pattern-invalid', 'wbe2')
  assert.equal(inFile.place, { file: 'wrong', line: 2, column: 3, excerpt: '  wbe2:db' })
  const typed = await rejects(() => matchHosts(inventory, 'web:dbb', withFiles), 'pattern-invalid', 'dbb')
  assert.equal(typed.place, { file: '--limit', column: 5, excerpt: 'web:dbb' })
})
