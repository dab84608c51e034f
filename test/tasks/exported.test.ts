/** Every task definition below tasks/ is exported by `coxswain/tasks`. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('exported tasks')

/** Facts that other tasks of the library use, and that are of no use by themselves. */
const internal = new Set(['kubernetes/pod-networks.ts: podNetworkManifest'])

const folder = resolve(import.meta.dirname, '../../tasks')

test('a task that a file below tasks/ exports is exported by tasks/index.ts', async () => {
  const exported = new Set<unknown>(Object.values(library))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const found = await Promise.all(
    files.map(async (name) => {
      const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(folder, name)).href)
      return Object.entries(module)
        .filter(([, value]) => isTaskFactory(value))
        .map(([key, value]) => ({ where: `${name}: ${key}`, value }))
    }),
  )
  const tasks = found.flat()
  assert.ok(tasks.length > 50)
  assert.equal(
    tasks.filter(({ value }) => !exported.has(value)).map(({ where }) => where),
    [...internal],
  )
})
