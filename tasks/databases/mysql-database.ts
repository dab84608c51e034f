import { defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { Change } from '../../engine/index.ts'
import { noClient, readLines, runSql, serverParams } from './mysql/client.ts'
import { joined, my, name as named, sqlName } from './sql/sql-text.ts'

const word = (what: string) => z.string().regex(/^\w+$/, `must be ${what}`)

/** Creates a database of MySQL or MariaDB, or removes it. */
export const mysqlDatabase = defineTask({
  name: 'mysql-database',
  description: 'Creates a database of MySQL or MariaDB with its character set, or removes it.',
  reads: 'mysql: information_schema.schemata',
  example: { name: 'shop' },
  params: () =>
    z.object({
      name: sqlName('a name').describe('the database'),
      characterSet: word('a character set')
        .optional()
        .describe('the character set of new tables, such as utf8mb4; by default that of the server'),
      collation: word('a collation')
        .optional()
        .describe(
          'the collation of new tables, such as utf8mb4_unicode_ci; by default that of the character set',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes the database with all its data'),
      ...serverParams,
    }),
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}MySQL database ${name}`,

  async check(ctx, given) {
    const { name, state, characterSet, collation } = given
    const sql = my`SELECT CONCAT(default_character_set_name, ' ', default_collation_name) FROM information_schema.schemata WHERE BINARY schema_name = ${name}`
    const lines = await readLines(ctx, given, sql, 'the databases')
    if (lines === undefined) return unknown(noClient)
    const what = `database ${name}`
    const [found] = lines
    if (state === 'absent')
      return driftUnlessEmpty(found === undefined ? [] : [{ what, from: 'present', to: undefined }])
    if (found === undefined) return driftUnlessEmpty([{ what, to: 'created' }])
    const [set, order] = found.split(' ')
    const changes: Change[] = [
      ...(characterSet === undefined || characterSet === set
        ? []
        : [{ what: `character set of ${what}`, from: set, to: characterSet }]),
      ...(collation === undefined || collation === order
        ? []
        : [{ what: `collation of ${what}`, from: order, to: collation }]),
    ]
    return driftUnlessEmpty(changes)
  },

  async apply(ctx, given) {
    const { name, state, characterSet, collation } = given
    const database = named(name)
    const options = [
      ...(characterSet === undefined ? [] : [my`CHARACTER SET ${characterSet}`]),
      ...(collation === undefined ? [] : [my`COLLATE ${collation}`]),
    ]
    const statements =
      state === 'absent'
        ? [my`DROP DATABASE IF EXISTS ${database}`]
        : [
            my`CREATE DATABASE IF NOT EXISTS ${database}`,
            ...(options.length === 0 ? [] : [joined([my`ALTER DATABASE ${database}`, ...options], ' ')]),
          ]
    await runSql(ctx, given, statements, `the database ${name}`)
  },
})
