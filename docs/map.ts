/** Writes the map of the imports into CONTRIBUTING.md: `npm run docs`. */
import { readFile, writeFile } from 'node:fs/promises'
import { withMap } from '../test/support/import-map.ts'

await writeFile('CONTRIBUTING.md', withMap(await readFile('CONTRIBUTING.md', 'utf8')))
