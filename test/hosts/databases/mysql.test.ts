/** MariaDB of Debian: what the tasks make is judged by the server. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { mysqlDatabase, mysqlGrant, mysqlSetting, mysqlUser } from '../../../tasks/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('MariaDB on a real host')

/** Values that would be syntax if they were not quoted. */
const odd = "a`b'c\\d%_"
const password = `it's $1 "x" \\ ü`

for (const host of realHosts('databases')) {
  const sql = async (text: string): Promise<string> =>
    (await host.sh(`mariadb -BNr <<'END'\n${text}\nEND`)).trim()
  const logsIn = (secret: string): Promise<string> =>
    host.sh(
      `MYSQL_PWD=$(cat <<'END'\n${secret}\nEND\n) mariadb -BN --default-character-set=utf8mb4 -u shop -e 'select current_user()' 2>&1 || true`,
    )

  test(`${host.name}: databases with their character set`, async () => {
    await host.proves(mysqlDatabase({ name: 'shop', characterSet: 'latin1' }))
    await host.proves(
      mysqlDatabase({ name: 'shop', characterSet: 'utf8mb4', collation: 'utf8mb4_unicode_ci' }),
    )
    assert.match(await sql('show create database shop'), 'utf8mb4 COLLATE utf8mb4_unicode_ci')
    await host.finds(mysqlDatabase({ name: 'shop' }))
    await host.proves(mysqlDatabase({ name: odd }))
    assert.match(await sql('show databases'), /^a`b'c\\d%_$/m)
    await host.proves(mysqlDatabase({ name: odd, state: 'absent' }))
    await host.finds(mysqlDatabase({ name: odd, state: 'absent' }))
    assert.match(await host.refuses(mysqlDatabase({ name: 'x', socket: '/run/none' })), 'does not answer')
  })

  test(`${host.name}: users with their passwords`, async () => {
    await host.proves(mysqlUser({ user: 'shop', password: new Secret(password) }))
    assert.is(await logsIn(password), 'shop@localhost\n')
    await host.proves(mysqlUser({ user: 'shop', password: new Secret('other') }))
    assert.is(await logsIn('other'), 'shop@localhost\n')
    assert.match(await logsIn(password), 'Access denied')
    await host.finds(mysqlUser({ user: 'shop' }))
    await host.proves(mysqlUser({ user: 'shop', host: '10.0.0.%', password: new Secret('other') }))
    await host.proves(mysqlUser({ user: odd, password: new Secret(odd) }))
    await host.proves(mysqlUser({ user: odd, state: 'absent' }))
    await host.proves(mysqlUser({ user: 'www-data' }))
    assert.is(
      await host.sh(`su -s /bin/sh www-data -c "mariadb -BN -e 'select current_user()'"`),
      'www-data@localhost\n',
    )
  })

  test(`${host.name}: privileges on the server, a database and a table`, async () => {
    const grants = (): Promise<string> => sql('show grants for shop@localhost')
    await sql('create table shop.orders (id int); create database `shop_x`; create database `shopAx`')
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'select,create view' }))
    await host.finds(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'select' }))
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'all' }))
    await host.finds(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'update' }))
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'delete', state: 'absent' }))
    await host.proves(
      mysqlGrant({
        user: 'shop',
        database: 'shop',
        table: 'orders',
        privileges: 'delete',
        grantOption: true,
      }),
    )
    await host.proves(
      mysqlGrant({ user: 'shop', database: 'shop', privileges: 'select,insert', exact: true }),
    )
    assert.match(await grants(), /GRANT SELECT, INSERT ON `shop`\.\* TO/)
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'all', exact: true }))
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'select', exact: true }))
    assert.match(await grants(), /GRANT SELECT ON `shop`\.\* TO/)
    assert.match(await grants(), /GRANT DELETE ON `shop`.`orders` TO .* WITH GRANT OPTION/)
    await host.proves(mysqlGrant({ user: 'shop', privileges: 'process' }))
    // an underscore in the name of a database does not stand for any character
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop_x', privileges: 'all' }))
    assert.is(
      await host.sh("MYSQL_PWD=other mariadb -BN -u shop -e 'show databases' | grep -c '^shop.x$'"),
      '1\n',
    )
    assert.match(await grants(), /GRANT PROCESS ON \*\.\*/)
    assert.match(await grants(), /GRANT DELETE ON `shop`.`orders` TO .* WITH GRANT OPTION/)
    await host.proves(mysqlGrant({ user: 'shop', database: 'shop', privileges: 'all', state: 'absent' }))
    await host.finds(mysqlGrant({ user: 'none', database: 'shop', privileges: 'all', state: 'absent' }))
    const early = await host.execute(mysqlGrant({ user: 'none', database: 'shop', privileges: 'all' }), true)
    assert.is(early.outcome, 'unknown')
  })

  test(`${host.name}: variables now, and as the server reads them at its next start`, async () => {
    // what the server would start with
    const atStart = (name: string): Promise<string> =>
      host.sh(`mariadbd --print-defaults | tr ' ' '\\n' | grep -i -- '^--${name}' | tail -n 1`)
    const now = (name: string): Promise<string> => sql(`select @@global.${name}`)
    await host.proves(mysqlSetting({ name: 'max_connections', value: 222 }))
    assert.equal(
      [await now('max_connections'), await atStart('max_connections')],
      ['222', '--max_connections=222\n'],
    )
    await host.proves(mysqlSetting({ name: 'max_allowed_packet', value: '32M' }))
    await host.finds(mysqlSetting({ name: 'max_allowed_packet', value: 33_554_432 }))
    await host.proves(mysqlSetting({ name: 'slow_query_log', value: true }))
    assert.is(await now('slow_query_log'), '1')
    await host.proves(mysqlSetting({ name: 'sql_mode', value: 'STRICT_TRANS_TABLES,NO_ZERO_DATE' }))
    await host.proves(mysqlSetting({ name: 'init_connect', value: "SET @a = 'b # c\\\\d'" }))
    await host.proves(mysqlSetting({ name: 'port', value: 3307, nextStart: true }))
    assert.equal([await now('port'), await atStart('port')], ['3306', '--port=3307\n'])
    // an option file of the distribution sets it, too
    await host.proves(mysqlSetting({ name: 'expire_logs_days', value: 5 }))
    assert.is(await atStart('expire_logs_days'), '--expire_logs_days=5\n')
    const refused = { name: 'max_connections', value: 'many' }
    assert.match(await host.refuses(mysqlSetting(refused)), 'the variable max_connections')
    assert.match(await host.refuses(mysqlSetting({ name: 'port', value: 3308 })), 'the variable port')
    assert.match(
      await host.refuses(mysqlSetting({ name: 'never_there', value: 1 })),
      'does not have the variable',
    )
    await host.finds(mysqlSetting({ name: 'port', value: 3307, nextStart: true }))
    for (const name of ['max_connections', 'port', 'init_connect'])
      await host.proves(mysqlSetting({ name, state: 'absent' }))
    await host.finds(mysqlSetting({ name: 'port', state: 'absent' }))
  })
}
