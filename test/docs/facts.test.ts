/** docs/facts.md: each fact that it names exists, and has the field that it names. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('docs/facts.md')

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/facts.md'), 'utf8')

/** The cells of the rows of a table, by its heading. */
const rowsBelow = (heading: string): string[][] =>
  (page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))

/** The kinds of tasks of the library, by the names of their exports. */
const kinds = new Map(
  Object.entries(library).flatMap(([name, task]) =>
    isTaskFactory(task) ? [[name, task.info] as const] : [],
  ),
)

const spans = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)

/** The sources in which the types of a fact are. */
const sourcesOf = (name: string): string => {
  const file = kinds.get(name)?.name ?? ''
  return ['facts', 'system', 'files']
    .flatMap((folder) => [`tasks/${folder}/${file}.ts`, 'tasks/facts/reading/network.ts'])
    .map((path) => {
      try {
        return readFileSync(join(root, path), 'utf8')
      } catch {
        return ''
      }
    })
    .join('\n')
}

test('each fact of the library has its row, and each row is a fact', () => {
  const listed = rowsBelow('The facts of the library').flatMap(([, names = '']) => spans(names))
  for (const name of listed) assert.is(kinds.get(name)?.kind, 'fact', name)
  const facts = Object.values(library.subjects.facts).filter(isTaskFactory)
  assert.ok(facts.length > 20)
  for (const fact of facts)
    assert.ok(
      listed.some((name) => kinds.get(name) === fact.info),
      fact.info.name,
    )
})

test('each task with a value is a task', () => {
  const rows = rowsBelow('Values of tasks that act')
  assert.ok(rows.length > 5)
  for (const [, names = ''] of rows) for (const name of spans(names)) assert.ok(kinds.has(name), name)
})

test('the facts and fields that stand for those of Ansible exist', () => {
  const rows = rowsBelow("From Ansible's names")
  assert.ok(rows.length > 50)
  for (const [, , here = ''] of rows)
    for (const span of spans(here)) {
      const [, name = '', field] = /^([a-z]\w+)(?:\[\])?(?:\.(\w+))?(?:\(\{ .* \}\))?$/.exec(span) ?? []
      const info = kinds.get(name)
      if (info === undefined) continue
      if (!/^(?:packages|user|gitCheckout|httpRequest|sshKey)$/.test(span)) assert.is(info.kind, 'fact', span)
      if (field !== undefined) assert.match(sourcesOf(name), new RegExp(`readonly ${field}\\b`), span)
    }
})

test('each name of Ansible is there once', () => {
  const all = rowsBelow("From Ansible's names")
    .flatMap(([, names = '']) => spans(names))
    .filter((name) => !name.startsWith('.'))
  assert.equal(all.length, new Set(all).size)
})
