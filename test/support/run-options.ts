import { valuesOf } from '../../engine/cli/define-option.ts'
import { runOptions } from '../../engine/cli/options/run.ts'
import type { RunOptions } from '../../engine/cli/options/run.ts'

/** The options of a command line without any, but for some values. */
export const optionsWith = (values: Partial<RunOptions> = {}): RunOptions => ({
  ...valuesOf(runOptions),
  ...values,
})
