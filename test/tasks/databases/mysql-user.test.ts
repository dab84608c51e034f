import { encrypt } from 'unixcrypt'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { mysqlUser } from '../../../tasks/databases/mysql-user.ts'
import { nativeHash } from '../../../tasks/databases/mysql/accounts.ts'
import { cachingHash, isCachingHash } from '../../../tasks/databases/mysql/caching-sha2.ts'
import { suite } from '../../support/spec.ts'
import { mysql } from './servers.ts'

const test = suite('mysql-user')

/** A server with one account as it keeps it: plugin, requirement of TLS, hash. */
const server = (before?: string, kind: 'mariadb' | 'mysql' | 'mysql 8.4' = 'mariadb') => {
  const statements: string[] = []
  const [plugin = '', ...rest] = before?.split(' ') ?? []
  let kept = before === undefined ? undefined : { plugin, tls: 'NONE', hash: Buffer.from(rest.join(' ')) }
  const world = mysql((sql) => {
    if (sql.startsWith('SELECT VERSION'))
      return `${kind === 'mariadb' ? 1 : 0}\t${kind === 'mysql 8.4' ? 0 : 1}\n`
    if (sql.startsWith('SELECT'))
      return kept === undefined ? '' : `${kept.plugin} ${kept.tls} ${kept.hash.toString('hex')}\n`
    statements.push(sql)
    const [, native] = /'(\*[0-9A-F]+)'/.exec(sql) ?? []
    const [, caching] = / AS 0x([0-9a-f]+)/.exec(sql) ?? []
    const [, tls] = /REQUIRE (\w+)/.exec(sql) ?? []
    const now = kept ?? { plugin: 'unix_socket', tls: 'NONE', hash: Buffer.alloc(0) }
    kept = sql.startsWith('DROP')
      ? undefined
      : {
          ...now,
          ...(native !== undefined && { plugin: 'mysql_native_password', hash: Buffer.from(native) }),
          ...(caching !== undefined && {
            plugin: 'caching_sha2_password',
            hash: Buffer.from(caching, 'hex'),
          }),
          ...(tls !== undefined && { tls: tls === 'SSL' ? 'ANY' : tls }),
        }
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
  const other = server('mysql_native_password *00', 'mysql')
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

test('caching_sha2_password: the hash of a published example, and of crypt(5)', () => {
  // https://hashcat.net/wiki/doku.php?id=example_hashes, 7401
  const salt = Buffer.from('F9CC98CE08892924F50A213B6BC571A2C11778C5', 'hex')
  const digest = '625479393559393965414D45316477456B484F41316E64484742577A2E3162785353526B7554584647562F'
  const kept = Buffer.concat([Buffer.from('$A$005$'), salt, Buffer.from(digest, 'hex')])
  assert.ok(isCachingHash(kept, 'hashcat'))
  assert.not(isCachingHash(kept, 'hashcar'))
  for (const password of ['', 'x', 'geheim', 'ü'.repeat(40)])
    assert.is(
      cachingHash(password, Buffer.from('abcdefgh12345678')).toString().slice(23),
      encrypt(password, '$5$abcdefgh12345678').slice(20),
    )
})

test('where mysql_native_password is not active, caching_sha2_password keeps the password', async () => {
  const { world, statements } = server(undefined, 'mysql 8.4')
  const run = await rehearse(mysqlUser({ user: 'shop', password: 'password' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(
    statements.join(),
    /^CREATE USER 'shop'@'localhost' IDENTIFIED WITH caching_sha2_password AS 0x[0-9a-f]{140};$/,
  )
  const former = server(`mysql_native_password ${hash}`, 'mysql 8.4')
  assert.is(
    (await rehearse(mysqlUser({ user: 'shop', password: 'password' }), former.world)).outcome,
    'changed',
  )
  const none = await rehearse(
    mysqlUser({ user: 'shop', password: 'x', plugin: 'mysql_native_password' }),
    server(undefined, 'mysql 8.4').world,
  )
  assert.match(String(none.error), 'mysql_native_password is not active on the server')
  const maria = mysqlUser({ user: 'shop', password: 'x', plugin: 'caching_sha2_password' })
  assert.match(String((await rehearse(maria, server().world)).error), 'MariaDB does not have the plugin')
})

test('a password stays in the plugin that keeps it, unless another one is asked for', async () => {
  const kept = `caching_sha2_password ${cachingHash('password', Buffer.from('abcdefghij0123456789')).toString()}`
  const given = { user: 'shop', password: 'password' }
  assert.is((await rehearse(mysqlUser(given), server(kept, 'mysql').world)).outcome, 'ok')
  const other = server(kept, 'mysql')
  await rehearse(mysqlUser({ ...given, password: 'new' }), other.world)
  assert.match(other.statements.join(), 'IDENTIFIED WITH caching_sha2_password AS 0x')
  const native = server(kept, 'mysql')
  await rehearse(mysqlUser({ ...given, plugin: 'mysql_native_password' }), native.world)
  assert.match(native.statements.join(), `IDENTIFIED WITH mysql_native_password AS '${hash}'`)
  assert.throws(() => mysqlUser({ user: 'shop', plugin: 'caching_sha2_password' }), /user with a password/)
})

test('TLS is required, with or without the password', async () => {
  const { world, statements } = server()
  await rehearse(mysqlUser({ user: 'shop', password: 'password', tls: 'required' }), world)
  assert.equal(statements, [`CREATE USER 'shop'@'localhost' IDENTIFIED BY PASSWORD '${hash}' REQUIRE SSL;`])
  const there = server(`mysql_native_password ${hash}`)
  await rehearse(mysqlUser({ user: 'shop', tls: 'certificate' }), there.world)
  assert.equal(there.statements, ["ALTER USER 'shop'@'localhost' REQUIRE X509;"])
  const none = server(`mysql_native_password ${hash}`)
  assert.is((await rehearse(mysqlUser({ user: 'shop', tls: 'none' }), none.world)).outcome, 'ok')
})
