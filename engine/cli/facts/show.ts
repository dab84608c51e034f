/** The values of facts as text. Pure. */
import { yamlText } from '../../inventory/yaml/write.ts'
import { oneLine } from '../../report/text.ts'

/** Values by host and fact, in the order in which they are shown. */
export type Facts = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/** How `run facts` prints. */
export type FactsForm = 'table' | 'yaml' | 'json'

/** Plain data: without functions, and with the mask in place of secrets. */
const plain = (value: unknown): unknown => {
  const text: unknown = JSON.stringify(value)
  return typeof text === 'string' ? JSON.parse(text) : null
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Each value in a tree, with its path; a list without lists and maps is one value. */
const leavesOf = (value: unknown, path: string): (readonly [path: string, text: string])[] => {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) return [[path, value.join(' ')]]
    return value.flatMap((item, at) => leavesOf(item, `${path}[${at}]`))
  }
  if (isRecord(value))
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`))
  return [[path, String(value)]]
}

/** One value a line: host, fact, value. */
const table = (facts: Facts): string => {
  const rows = [...facts].flatMap(([host, values]) =>
    [...values].flatMap(([name, value]) =>
      leavesOf(plain(value), name).map(
        ([path, text]) => [oneLine(host), oneLine(path), oneLine(text)] as const,
      ),
    ),
  )
  const width = (column: 0 | 1): number => rows.reduce((most, row) => Math.max(most, row[column].length), 0)
  const [hosts, paths] = [width(0), Math.min(width(1), 50)]
  return rows
    .map(([host, path, text]) => `${host.padEnd(hosts)}  ${path.padEnd(paths)}  ${text}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}

const tree = (facts: Facts): unknown =>
  Object.fromEntries(
    [...facts].map(([host, values]) => [
      host,
      Object.fromEntries([...values].map(([name, value]) => [name, plain(value)])),
    ]),
  )

/** The text that `run facts` prints. */
export const showFacts = (facts: Facts, form: FactsForm): string => {
  switch (form) {
    case 'table':
      return table(facts)
    case 'yaml':
      return facts.size === 0 ? '' : yamlText(tree(facts))
    case 'json':
      return `${JSON.stringify(tree(facts), undefined, 2)}\n`
  }
}
