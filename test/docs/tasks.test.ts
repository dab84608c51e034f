import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { inputFromWords } from '../../engine/cli/session/params.ts'
import { documentedTasks, taskPage, tasksPage } from '../../engine/cli/docs/task-docs.ts'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('the pages of tasks')
const tasks = documentedTasks(library)

test('docs/tasks.md matches the tasks; `npm run docs` generates it', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/tasks.md'), 'utf8'), tasksPage(tasks)))

test('a page has parameters, what the check reads, and examples for playbook and command line', () => {
  const found = tasks.find(({ info }) => info.name === 'sysctl')
  assert.ok(found)
  const page = taskPage(found, 'run')
  assert.match(page, 'Its check reads: sysctl -n, the file, and the files that are read after it\n')
  assert.match(page, /^ {2}key=string +dotted name, such as net\.ipv4\.ip_forward \(required\)$/m)
  assert.match(page, "  import { sysctl } from 'coxswain/tasks'\n")
  assert.match(page, "  sysctl({ key: 'net.ipv4.ip_forward', value: 1 })\n")
  assert.match(page, '  run sysctl key=net.ipv4.ip_forward value=1 -i inventory.yaml --hosts web1\n')
})

test('a page says how a task is imported, and when it acts', () => {
  const page = (name: string): string => {
    const found = tasks.find(({ info }) => info.name === name)
    assert.ok(found)
    return taskPage(found, 'run')
  }
  assert.match(page('package'), "In a playbook:\n  import { packages } from 'coxswain/tasks'\n  packages({")
  for (const name of ['command', 'shell', 'script', 'http-request', 'reboot']) {
    assert.match(page(name), 'at every run')
    assert.not.match(page(name), 'Does nothing if')
  }
  assert.match(page('sysctl'), 'Does nothing if the host is already in this state.')
})

for (const { info } of tasks) {
  test(`${info.name} describes what its check reads, and its example is valid`, () => {
    assert.match(info.description, /^[A-Z`].*\.$/s)
    if (info.kind !== 'always' && info.kind !== 'aside') assert.match(info.reads ?? '', /\S/)
    const factory = Object.values(library).find((value) => isTaskFactory(value) && value.info === info)
    assert.ok(isTaskFactory(factory))
    const task = factory.from(info.example)
    // the example has the same meaning on the command line
    const words = Object.entries(
      typeof info.example === 'object' && info.example !== null ? info.example : {},
    ).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    assert.equal(factory.from(inputFromWords(factory.info, words)).params, task.params)
  })
}
