/** Where in a file of its reader an error struck. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from './errors.ts'

/** The folder of the running engine and its tasks: the checkout, or the compiled form in it. */
const own = fileURLToPath(new URL('../', import.meta.url))

/** The folder of the program that starts the engine. */
const starter = fileURLToPath(new URL(own.endsWith('/dist/') ? '../../bin/' : '../bin/', import.meta.url))

/** Whether a file is not its reader's: of the engine, of what starts it, of the tasks that come with it, or of another package. */
const isForeign = (file: string): boolean =>
  [`${own}engine/`, `${own}tasks/`, starter].some((folder) => file.startsWith(folder)) ||
  file.includes('/node_modules/')

/**
 * Where an error struck in a file that its reader has written: the first frame of its stack in such a file. Undefined
 * where there is none.
 */
export const authorsPlace = (error: unknown): Place | undefined => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const line of stack.split('\n')) {
    // Node names modules by their URLs, what maps sources back by their paths
    const [, where, row, column] = /[\s(]((?:file:\/\/)?\/[^\s()]+?):(\d+):(\d+)\)?$/.exec(line) ?? []
    if (where === undefined) continue
    const file = where.startsWith('file:') ? fileURLToPath(where) : where
    if (!isForeign(file))
      return { file: relative(process.cwd(), file), line: Number(row), column: Number(column) }
  }
  return undefined
}
