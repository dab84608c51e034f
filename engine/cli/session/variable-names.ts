import { z } from 'zod'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'

/** The names of the variables that a playbook reads; undefined if a schema is not an object, as it then accepts every variable. */
export const variableNamesOf = (book: Playbook): readonly string[] | undefined => {
  const names: string[] = []
  for (const schema of schemasOf(book)) {
    if (!(schema instanceof z.ZodObject)) return undefined
    names.push(...Object.keys(schema.shape))
  }
  return names
}
