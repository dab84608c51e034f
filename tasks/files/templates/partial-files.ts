/** Partials in files beside a template: `{{> header}}` is `header.hbs` in its folder. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file of a partial. */
export interface PartialFile {
  readonly file: string
  readonly text: string
}

/** Files by the names of partials. */
export type PartialFiles = ReadonlyMap<string, PartialFile>

/** The names of partials that a template calls. */
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{\{?\{?~?#?>\s*([\w-][\w.-]*)/g)].map(([, name = '']) => name)

const textAt = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** The partials in the folder of a template that it calls, and those that they call in turn. */
export const partialFiles = (src: string, template: string): PartialFiles => {
  const found = new Map<string, PartialFile>()
  const wanted = [...namesIn(template)]
  const seen = new Set<string>()
  for (const name of wanted) {
    if (seen.has(name)) continue
    seen.add(name)
    const file = join(dirname(src), `${name}.hbs`)
    const text = textAt(file)
    if (text === undefined) continue
    found.set(name, { file, text })
    wanted.push(...namesIn(text))
  }
  return found
}
