import type { ParamNames } from '../define-command.ts'
import { libraryOf } from '../session/library.ts'
import { describeParams } from './params.ts'

/** The names of the parameters of each task in a module, for completion. */
export const paramNamesIn = (module: Readonly<Record<string, unknown>>): ParamNames =>
  Object.fromEntries(
    [...libraryOf(module)].map(([task, { info }]) => [
      task,
      describeParams(info.params).map(({ name }) => name),
    ]),
  )
