import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { taskFromWords } from '../../engine/cli/session/params.ts'
import { documentedTasks, taskPage, tasksPage } from '../../engine/cli/docs/task-docs.ts'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('the pages of tasks')
const tasks = documentedTasks(library)

test('docs/tasks.md is as the tasks say; `npm run docs` makes it anew', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/tasks.md'), 'utf8'), tasksPage(tasks)))

test('a page tells parameters, what the check reads, and an example for both places', () => {
  const found = tasks.find(({ info }) => info.name === 'sysctl')
  assert.ok(found)
  const page = taskPage(found)
  assert.match(page, 'Its check reads: sysctl -n, the file, and the files that are read after it\n')
  assert.match(page, '  key=string    dotted name, such as net.ipv4.ip_forward (required)\n')
  assert.match(page, "  sysctl({ key: 'net.ipv4.ip_forward', value: 1 })\n")
  assert.match(page, '  run sysctl key=net.ipv4.ip_forward value=1 -i inventory.yaml --hosts web1\n')
})

for (const { info } of tasks) {
  test(`${info.name} says what its check reads, and its example is one`, () => {
    assert.match(info.description, /^[A-Z`].*\.$/s)
    if (info.kind !== 'always' && info.kind !== 'aside') assert.match(info.reads ?? '', /\S/)
    const factory = Object.values(library).find((value) => isTaskFactory(value) && value.info === info)
    assert.ok(isTaskFactory(factory))
    const task = factory.from(info.example)
    // the same words on a command line mean the same
    const words = Object.entries(
      typeof info.example === 'object' && info.example !== null ? info.example : {},
    ).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    assert.equal(taskFromWords(factory, words).params, task.params)
  })
}
