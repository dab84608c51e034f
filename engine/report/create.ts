import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { plainReporter } from './plain.ts'
import type { TextForm } from './last-mask.ts'
import type { Reporter, ReportOptions } from './reporter.ts'
import { treeReporter } from './tree.ts'

const reporters = {
  tree: treeReporter,
  plain: plainReporter,
  json: jsonReporter,
  junit: junitReporter,
} as const

/** How a run is shown: to a person (tree, plain) or to a program. */
export type OutputKind = keyof typeof reporters

/** Whether it is for a program: then nothing else may be written to standard output. */
export const isForPrograms = (kind: OutputKind): boolean => kind === 'json' || kind === 'junit'

/** What each kind is written in. */
export const formOf: Readonly<Record<OutputKind, TextForm>> = {
  tree: 'text',
  plain: 'text',
  json: 'json',
  junit: 'xml',
}

/** Makes the reporter of a kind. */
export const createReporter = (kind: OutputKind, options: ReportOptions): Reporter => reporters[kind](options)

/**
 * Which output to use: what was asked for; else a tree where a person watches, and plain lines elsewhere.
 *
 * A tree moves the cursor, so where there is no terminal it becomes plain even if it was asked for.
 */
export const chooseOutput = (where: {
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean
  /** Whether this is a continuous integration job, whose log keeps every drawing of a tree. */
  readonly ci: boolean
  readonly requested: OutputKind | undefined
}): OutputKind => {
  const { isTTY, ci, requested } = where
  if (requested !== undefined && requested !== 'tree') return requested
  if (!isTTY) return 'plain'
  return ci && requested === undefined ? 'plain' : 'tree'
}
