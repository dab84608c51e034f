/** Writes the tables of modules into docs/for-ansible-users.md: `npm run docs`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withAnsibleTables } from '../engine/cli/docs/ansible-names.ts'
import * as library from '../tasks/index.ts'

const page = join(import.meta.dirname, 'for-ansible-users.md')
await writeFile(page, withAnsibleTables(await readFile(page, 'utf8'), library))
