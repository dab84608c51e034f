/**
 * Adds the descriptions of parameters to the declarations that `tsc` emits for tasks. The types that it infers from zod
 * schemas do not have them, and editors show the declarations on hover. Pure.
 */
import type { UnitInfo } from '../../dsl/role.ts'
import { describeParams } from './params.ts'
import type { ParamInfo } from './params.ts'

/** A declaration file and its source map. */
export interface Declarations {
  readonly text: string
  readonly map: string
}

/** Types that TypeScript shows as well. */
const plainTypes: ReadonlySet<string> = new Set([
  'any',
  'boolean',
  'map',
  'list',
  'number',
  'object',
  'string',
])

/** The documentation of one parameter: what it is, its type where TypeScript has no name for it, its default. */
export const hoverDoc = ({ description, type, fallback }: ParamInfo): readonly string[] => [
  description,
  ...(plainTypes.has(type) ? [] : ['', `Type: ${type}`]),
  ...(fallback === undefined ? [] : ['', `Default: ${JSON.stringify(fallback)}`]),
]

/** A line inside of a comment: neither the end of the comment nor a tag begins in it. */
const escaped = (line: string): string => line.replaceAll('*/', '*\\/').replaceAll('@', '\\@')

/** All parameters by their path, such as `backends.port`. */
const byPath = (params: readonly ParamInfo[], before = ''): (readonly [string, ParamInfo])[] =>
  params.flatMap((param) => [
    [`${before}${param.name}`, param] as const,
    ...byPath(param.inner, `${before}${param.name}.`),
  ])

const taskLine = /^export declare const (\w+): .*\bTaskFactory<\{$/
const propertyLine = /^( +)(?:readonly )?(?:(\w+)|"([^"]+)")\??: /

/** The blocks to put before lines, by the number of the line. */
const insertionsOf = (
  lines: readonly string[],
  tasks: ReadonlyMap<string, UnitInfo>,
): ReadonlyMap<number, readonly string[]> => {
  const insertions = new Map<number, readonly string[]>()
  let docs: ReadonlyMap<string, ParamInfo> = new Map()
  let around: readonly string[] = []
  for (const [at, line] of lines.entries()) {
    const info = tasks.get(taskLine.exec(line)?.[1] ?? '')
    if (info !== undefined) docs = new Map(byPath(describeParams(info.params)))
    // a line without indentation ends a task
    else if (!line.startsWith(' ')) docs = new Map()
    const [, indent = '', word, quoted] = propertyLine.exec(line) ?? []
    const name = word ?? quoted
    if (name === undefined) continue
    around = [...around.slice(0, indent.length / 4 - 1), name]
    const param = docs.get(around.join('.'))
    if (param === undefined) continue
    insertions.set(at, [
      `${indent}/**`,
      ...hoverDoc(param).map((text) => `${indent} *${text === '' ? '' : ' '}${escaped(text)}`),
      `${indent} */`,
    ])
  }
  return insertions
}

/** The mappings of a source map, a line of which begins after each semicolon: new lines have no mapping. */
const shiftedMap = (map: string, insertions: ReadonlyMap<number, readonly string[]>): string => {
  const parsed: { readonly mappings: string } = JSON.parse(map)
  const mappings = parsed.mappings
    .split(';')
    .flatMap((line, at) => [...(insertions.get(at) ?? []).map(() => ''), line])
    .join(';')
  return JSON.stringify({ ...parsed, mappings })
}

/**
 * The declarations with a comment on each parameter of the tasks that they declare.
 *
 * @param tasks what is known of tasks, by the names that they are exported by.
 */
export const withHoverDocs = (
  { text, map }: Declarations,
  tasks: ReadonlyMap<string, UnitInfo>,
): Declarations => {
  const lines = text.split('\n')
  const insertions = insertionsOf(lines, tasks)
  return {
    text: lines.flatMap((line, at) => [...(insertions.get(at) ?? []), line]).join('\n'),
    map: shiftedMap(map, insertions),
  }
}
