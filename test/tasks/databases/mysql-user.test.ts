import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { mysqlUser } from '../../../tasks/databases/mysql-user.ts'
import { nativeHash } from '../../../tasks/databases/mysql/accounts.ts'
import { suite } from '../../support/spec.ts'
import { mysql } from './servers.ts'

const test = suite('mysql-user')

const server = (before?: string, mariadb = true) => {
  const statements: string[] = []
  let kept = before
  const world = mysql((sql) => {
    if (sql.startsWith('SELECT VERSION')) return mariadb ? '1\n' : '0\n'
    if (sql.startsWith('SELECT')) return kept === undefined ? '' : `${kept}\n`
    statements.push(sql)
    kept = sql.startsWith('DROP')
      ? undefined
      : `mysql_native_password ${/'(\*[0-9A-F]+)'/.exec(sql)?.[1] ?? ''}`
    return ''
  })
  return { world, statements }
}
const hash = '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'

test('what the server keeps of a password is sent in its place', async () => {
  assert.is(nativeHash('password'), hash)
  const { world, statements } = server()
  const run = await rehearse(mysqlUser({ user: "o'x", host: '%', password: 'password' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(statements, [`CREATE USER 'o''x'@'%' IDENTIFIED BY PASSWORD '${hash}';`])
  const other = server('mysql_native_password *00', false)
  await rehearse(mysqlUser({ user: 'shop', password: 'password' }), other.world)
  assert.equal(other.statements, [
    `ALTER USER 'shop'@'localhost' IDENTIFIED WITH mysql_native_password AS '${hash}';`,
  ])
  const same = server(`mysql_native_password ${hash}`)
  assert.is((await rehearse(mysqlUser({ user: 'shop', password: 'password' }), same.world)).outcome, 'ok')
})

test('without a password, as the user of the system; removed', async () => {
  const { world, statements } = server()
  await rehearse(mysqlUser({ user: 'backup' }), world)
  assert.equal(statements, ["CREATE USER 'backup'@'localhost' IDENTIFIED VIA unix_socket;"])
  const open = await rehearse(mysqlUser({ user: 'x', host: '%' }), server().world)
  assert.equal([open.predicted, open.outcome], ['failed', 'failed'])
  assert.match(String(open.error), 'a new user x@% needs a password')
  const there = server('unix_socket ')
  assert.is((await rehearse(mysqlUser({ user: 'x', state: 'absent' }), there.world)).outcome, 'changed')
  assert.throws(() => mysqlUser({ user: '' }), /can only be removed/)
})

test('users without a name are removed, and never made', async () => {
  const { world, statements } = server('mysql_native_password ')
  const run = await rehearse(mysqlUser({ user: '', state: 'absent' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(statements, ["DROP USER IF EXISTS ''@'localhost';"])
  assert.throws(() => mysqlUser({ user: '', password: 'x' }), /can only be removed/)
})
