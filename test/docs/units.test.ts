/** Numbers that users write: connection variables, and options of the command line. The description of each says its unit. */
import * as assert from 'uvu/assert'
import { run } from '../../engine/cli/commands/run.ts'
import type { Command } from '../../engine/cli/define-command.ts'
import { describeParams } from '../../engine/cli/docs/params.ts'
import { reachSchema } from '../../engine/inventory/variables/connection-vars.ts'
import { suite } from '../support/spec.ts'

const test = suite('units')

interface Described {
  readonly name: string
  readonly description: string
}

/** What a number is: a duration, a size, a port, or how many there are of something. */
const unit = /\b(?:seconds|days|MiB|port of|number of|how many|runs to keep)\b/

const withoutUnit = (numbers: readonly Described[]): string[] =>
  numbers
    .filter(({ description }) => !unit.test(description))
    .map(({ name, description }) => `${name}: ${description}`)

const variables = describeParams(reachSchema)

test('connection variables', () => {
  const numbers = variables.filter(({ type }) => /\b(?:number|integer|port|seconds)\b/.test(type))
  assert.equal(
    numbers.map(({ name }) => name),
    ['port', 'connect_timeout', 'become_timeout'],
  )
  assert.equal(withoutUnit(numbers), [])
})

const allOf = (command: Command): Command[] => [command, ...(command.commands ?? []).flatMap(allOf)]

/** Whether a word after the option is read as a number. */
const takesNumber = (read: (given: readonly string[]) => unknown): boolean => {
  try {
    return typeof read(['7']) === 'number'
  } catch {
    return false
  }
}

const options = allOf(run).flatMap((command) =>
  Object.values(command.options).map(({ flags, description, read }) => ({
    name: `${command.name} ${flags}`,
    description,
    isNumber: /[<[]/.test(flags) && takesNumber(read),
  })),
)

test('options of the command line', () => {
  const numbers = options.filter(({ isNumber }) => isNumber)
  assert.ok(numbers.length > 10, `${numbers.length} options`)
  assert.equal(withoutUnit(numbers), [])
})

test('an option that names a unit takes a number', () =>
  assert.equal(
    options
      .filter(({ name, isNumber }) => /[<[](?:seconds|count|n)[>\]]/.test(name) && !isNumber)
      .map(({ name }) => name),
    [],
  ))

test('timeouts say their default', () =>
  assert.equal(
    [...variables, ...options]
      .filter(({ name }) => /(?:connect|become)[-_]timeout/.test(name))
      .filter(({ description }) => !/\(\d+\)|(?:else \d+|\d+ by default)$/.test(description))
      .map(({ name }) => name),
    [],
  ))
