/** The modules that playbooks import, in package.json and in the module hooks. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { publicModules } from '../../engine/cli/loader/public-modules.ts'
import { suite } from '../support/spec.ts'

const test = suite('public modules')

const entry = z.object({ source: z.string(), types: z.string(), default: z.string() })
const manifest = z.object({ exports: z.record(z.string(), z.union([z.string(), entry])) })

test('package.json exports the same files as the module hooks use', () => {
  const { exports } = manifest.parse(
    JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')),
  )
  const exported = Object.entries(exports).flatMap(([path, files]) =>
    typeof files === 'string' ? [] : [{ name: `coxswain${path.slice(1)}`, ...files }],
  )
  assert.equal(
    exported,
    publicModules.map(({ name, source, bundled }) => ({
      name,
      source: `./${source}`,
      types: `./dist/types/${source.replace(/\.ts$/, '.d.ts')}`,
      default: `./${bundled}`,
    })),
  )
})
