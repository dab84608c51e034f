/** What an editor shows for the parameters of tasks in a playbook: the language server is asked, with the packed package. */
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { hoverDoc } from '../../../engine/cli/docs/hover-docs.ts'
import { describeParams } from '../../../engine/cli/docs/params.ts'
import type { ParamInfo } from '../../../engine/cli/docs/params.ts'
import { documentedTasks } from '../../../engine/cli/docs/task-docs.ts'
import * as library from '../../../tasks/index.ts'
import { languageServer } from '../../support/lsp/language-server.ts'
import type { LanguageServer, Position } from '../../support/lsp/language-server.ts'
import { packedProject } from '../../support/lsp/packed-project.ts'
import type { PackedProject } from '../../support/lsp/packed-project.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hover: parameters of tasks')
const tasks = documentedTasks(library)

let project: PackedProject
let server: LanguageServer
let playbook: string
/** What is shown for each of the parameters asked about; the Markdown has backslashes before some characters. */
let shown: readonly string[] = []

interface Asked {
  readonly path: string
  readonly param: ParamInfo
  readonly at: Position
}

const lines: string[] = [`import * as tasks from 'coxswain/tasks'`]
const asked: Asked[] = []

/** One parameter a line, so that its place is known; `never` fits each type. */
const write = (params: readonly ParamInfo[], before: string): void => {
  for (const param of params) {
    const path = `${before}.${param.name}`
    asked.push({ path, param, at: { line: lines.length, character: 0 } })
    const [open, close] = param.type.startsWith('list') ? ['[{', '}]'] : ['{', '}']
    if (param.inner.length === 0) {
      lines.push(`${param.name}: 0 as never,`)
      continue
    }
    lines.push(`${param.name}: ${open}`)
    write(param.inner, path)
    lines.push(`${close},`)
  }
}
const calls = tasks.map(({ exported, info }) => {
  const at = { line: lines.length, character: 'tasks.'.length }
  lines.push(`tasks.${exported}({`)
  write(describeParams(info.params), exported)
  lines.push('})')
  return { exported, at }
})

test.before(async () => {
  project = packedProject()
  playbook = join(project.folder, 'site.ts')
  server = await languageServer(project.folder)
  server.open(playbook, lines.join('\n'))
  const hovers = await Promise.all(asked.map(({ at }) => server.hover(playbook, at)))
  shown = hovers.map((text) => text.replaceAll(/\\(?=[@/])/g, ''))
})
test.after(async () => {
  await server.close()
  project.remove()
})

test('each parameter has its description, type and default', () => {
  assert.ok(asked.length > 400, `${asked.length} parameters are asked about`)
  assert.equal(
    asked.flatMap(({ path, param }, index) =>
      hoverDoc(param)
        .filter((line) => shown[index]?.includes(line) !== true)
        .map((line) => `${path}: "${line}" is not in ${shown[index]}`),
    ),
    [],
  )
})

test('no type is any or unknown, except where any value is taken', () => {
  const untyped = asked.filter((_, index) =>
    /^\(property\).*\b(?:any|unknown)\b/m.test(
      (shown[index] ?? '').replace('Record<string, unknown>', 'map'),
    ),
  )
  assert.equal(untyped.map(({ path }) => path).toSorted(), [
    'debug.show',
    'httpRequest.json',
    'jsonSetting.value',
    'yamlSetting.value',
  ])
})

test('each task has documentation, and its definition is its source', async () => {
  const missing: string[] = []
  for (const { exported, at } of calls) {
    const hover = await server.hover(playbook, at)
    if (!/```\s+\S/.test(hover)) missing.push(`${exported}: no documentation in ${hover}`)
    const places = await server.definition(playbook, at)
    if (!places.some((place) => /\/coxswain\/tasks\/[\w/-]+\.ts$/.test(place)))
      missing.push(`${exported}: defined in ${places.join(', ')}`)
  }
  assert.equal(missing, [])
})
