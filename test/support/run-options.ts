import { valuesOf } from '../../engine/cli/define-option.ts'
import { runOptions } from '../../engine/cli/options/run.ts'
import type { RunOptions } from '../../engine/cli/options/run.ts'

/** Returns the default options of the command line, with some values changed. */
export const optionsWith = (values: Partial<RunOptions> = {}): RunOptions => ({
  ...valuesOf(runOptions),
  ...values,
})
