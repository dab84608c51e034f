/** Tables of expressions with their values, and of those that are refused. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { validateAll } from '../../../engine/inventory/variables/validate.ts'
import type { Folder } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { evaluatedReader, valuesReader } from './evaluated.ts'

/** Expressions without their braces, or texts with statements, and their values. */
export type Cases = readonly (readonly [expression: string, value: unknown])[]

const textOf = (expression: string): string =>
  /\{[{%]/.test(expression) ? expression : `{{ ${expression} }}`

/** Checks tables, each in an inventory in a folder that is also that of the playbook. */
export const caseCheckers = (folder: Folder) => {
  const [read, valuesOf] = [evaluatedReader(folder), valuesReader(folder)]
  return {
    /** All values of a table, read from one inventory. */
    checkAll: async (cases: Cases): Promise<void> => {
      const lines = cases.map(([text], index) => `v${index}: ${JSON.stringify(textOf(text))}`)
      const values = await valuesOf(lines.join('\n'), { playbookFolder: folder.path })
      for (const [index, [text, value]] of cases.entries()) assert.equal(values[`v${index}`], value, text)
    },
    /** Each of these is an error that contains the words. */
    refuseAll: async (cases: readonly (readonly [expression: string, words: string])[]): Promise<void> => {
      for (const [text, words] of cases)
        await rejects(
          async () => {
            const host = await read(`all:\n  hosts:\n    a:\n      v: ${JSON.stringify(textOf(text))}\n`, {
              playbookFolder: folder.path,
            })
            validateAll(z.object({ v: z.any() }), [host])
          },
          'variables-invalid',
          words,
        )
    },
  }
}
