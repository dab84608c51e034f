import { jsonReporter } from './json.ts'
import { plainReporter } from './plain.ts'
import type { ReportOptions, Reporter } from './reporter.ts'
import { treeReporter } from './tree.ts'

export type OutputKind = 'tree' | 'plain' | 'json'

/** The output that suits: what was asked for, else a tree for a person at a terminal, else lines. */
export const chooseOutput = ({
  isTTY,
  ci,
  requested,
}: {
  readonly isTTY: boolean
  readonly ci: boolean
  readonly requested: OutputKind | undefined
}): OutputKind => requested ?? (isTTY && !ci ? 'tree' : 'plain')

export const createReporter = (kind: OutputKind, options: ReportOptions): Reporter => {
  switch (kind) {
    case 'tree':
      return treeReporter(options)
    case 'plain':
      return plainReporter(options)
    case 'json':
      return jsonReporter(options)
  }
}
