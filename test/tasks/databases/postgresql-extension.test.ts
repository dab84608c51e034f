import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { postgresqlExtension } from '../../../tasks/databases/postgresql-extension.ts'
import { suite } from '../../support/spec.ts'
import { postgresql } from './servers.ts'

const test = suite('postgresql-extension')

const server = (before?: string) => {
  const statements: string[] = []
  let version = before
  const world = postgresql((sql) => {
    if (sql.startsWith('SELECT'))
      return version === undefined ? '' : `{"version": "${version}", "schema": "public"}\n`
    statements.push(sql)
    version = sql.startsWith('DROP') ? undefined : (/'([\d.]+)'/.exec(sql)?.[1] ?? version ?? '1.6')
    return ''
  })
  return { world, statements }
}
const trgm = { name: 'pg_trgm', database: 'shop' }

test('added, updated to a version, and removed', async () => {
  const none = server()
  const added = await rehearse(postgresqlExtension({ ...trgm, schema: 'public' }), none.world)
  assert.is(added.outcome, 'changed', String(added.error))
  assert.equal(none.statements, ['CREATE EXTENSION IF NOT EXISTS "pg_trgm" SCHEMA "public"'])
  const old = server('1.5')
  const updated = await rehearse(postgresqlExtension({ ...trgm, version: '1.6' }), old.world)
  assert.equal(updated.changes, [{ what: 'extension pg_trgm in shop', from: '1.5', to: '1.6' }])
  assert.is(old.statements.at(-1), `ALTER EXTENSION "pg_trgm" UPDATE TO '1.6'`)
  const there = server('1.5')
  assert.is(
    (await rehearse(postgresqlExtension({ ...trgm, state: 'absent' }), there.world)).outcome,
    'changed',
  )
  assert.is((await rehearse(postgresqlExtension(trgm), server('1.5').world)).outcome, 'ok')
})

test('in a database that does not exist yet, it is unknown', async () => {
  const world = postgresql(() => ({ code: 2, stderr: 'psql: error: FATAL:  database "shop" does not exist' }))
  const run = await rehearse(postgresqlExtension(trgm), world)
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
  assert.throws(() => postgresqlExtension({ ...trgm, name: '' }), /must not be empty/)
})
