/**
 * The outputs of a run: one descriptor each, from which the command line derives its choices, help, completion and
 * documentation. The code of a reporter is loaded when the output is used.
 */
import type { TextForm } from './last-mask.ts'
import type { ReportOptions, Reporter } from './reporter.ts'

/** A format in which a run is shown or saved. */
export interface OutputSpec {
  /** Its purpose, in a few words. */
  readonly summary: string
  /** The format of its text. */
  readonly form: TextForm
  /** Whether programs read it: then nothing else is written to its destination. */
  readonly isForPrograms: boolean
  /** Whether it can go to standard output. */
  readonly toScreen: boolean
  /** How it is written to a file, line by line or at the end; undefined for an output that needs a terminal. */
  readonly toFile: 'lines' | 'at end' | undefined
  /** Loads the function that makes its reporter. */
  readonly load: () => Promise<(options: ReportOptions) => Reporter>
}

export const outputs = {
  tree: {
    summary: 'a live view of hosts and tasks, on a terminal',
    form: 'text',
    isForPrograms: false,
    toScreen: true,
    toFile: undefined,
    load: async () => (await import('./tree.ts')).treeReporter,
  },
  plain: {
    summary: 'a line for each task and host, for logs and pipes',
    form: 'text',
    isForPrograms: false,
    toScreen: true,
    toFile: 'lines',
    load: async () => (await import('./plain.ts')).plainReporter,
  },
  json: {
    summary: 'each event as a line of JSON',
    form: 'json',
    isForPrograms: true,
    toScreen: true,
    toFile: 'lines',
    load: async () => (await import('./json.ts')).jsonReporter,
  },
  junit: {
    summary: 'a JUnit report in XML, for continuous integration',
    form: 'xml',
    isForPrograms: true,
    toScreen: true,
    toFile: 'at end',
    load: async () => (await import('./junit.ts')).junitReporter,
  },
  html: {
    summary: 'a page of the run, with a timeline, changes and failures',
    form: 'html',
    isForPrograms: true,
    toScreen: false,
    toFile: 'at end',
    load: async () => (await import('./html/reporter.ts')).htmlReporter,
  },
} as const satisfies Record<string, OutputSpec>

/** The name of an output. */
export type OutputKind = keyof typeof outputs

const isOutputKind = (name: string): name is OutputKind => Object.hasOwn(outputs, name)

/** The names of all outputs. */
export const outputKinds: readonly OutputKind[] = Object.keys(outputs).filter(isOutputKind)

/** The outputs that can go to standard output. */
export const screenKinds: readonly OutputKind[] = outputKinds.filter((kind) => outputs[kind].toScreen)
