/** The example of each task, as in `run docs`, works on a real host. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import type { UnitInfo } from '../../engine/dsl/role.ts'
import type { Task } from '../../engine/dsl/types.ts'
import * as library from '../../tasks/index.ts'
import { folderOf } from '../support/folder.ts'
import { realHosts } from '../support/real-host.ts'
import type { RealHost } from '../support/real-host.ts'
import { suite } from '../support/spec.ts'
import { elsewhere } from './examples/elsewhere.ts'
import { prepared } from './examples/prepared.ts'
import type { Shows } from './examples/prepared.ts'

const test = suite('examples on real hosts')
const folder = folderOf(test)
const root = resolve(import.meta.dirname, '../..')
const tasks = documentedTasks(library)

/** The task with its example, as from the command line. */
const example = (exported: string): Task => {
  const factory = Object.entries(library).find(([name]) => name === exported)?.[1]
  assert.ok(isTaskFactory(factory))
  return factory.from(factory.info.example)
}

test('each task has its example run on a host here, or names another test', () => {
  const known = [...Object.keys(prepared), ...Object.keys(elsewhere)]
  assert.equal(known.toSorted(), tasks.map(({ info }) => info.name).toSorted())
})

for (const [name, { why, proof }] of Object.entries(elsewhere)) {
  test(`${name}, tested elsewhere: ${why}`, () => {
    for (const [path, word] of proof) assert.match(readFileSync(resolve(root, path), 'utf8'), word)
  })
}

/** The effect of a task: it changes something and is ok afterwards; or it only reads, and is ok. */
const proves = async (host: RealHost, task: Task, shows: Shows): Promise<void> => {
  if (shows === 'a failure') await host.refuses(task)
  else if (shows === 'a change') await host.proves(task)
  // under --check it is skipped
  else if (task.changes) await host.finds(task)
  else assert.is((await host.execute(task)).outcome, 'ok')
}

const usually = ({ kind }: UnitInfo): Shows =>
  kind === 'idempotent' || kind === 'always' ? 'a change' : 'all well'

const here = process.cwd()
test.before(() => process.chdir(folder.path))
test.after(() => process.chdir(here))

for (const host of realHosts('debian')) {
  for (const { info, exported } of tasks) {
    const given = prepared[info.name]
    if (given === undefined) continue
    test(`${host.name}: ${info.name}`, async () => {
      for (const [name, content] of Object.entries(given.here ?? {})) folder.write(name, content)
      await host.sh(`set -e\n${given.prepare ?? ''}`)
      await proves(host, example(exported), given.shows ?? usually(info))
    })
  }
}
