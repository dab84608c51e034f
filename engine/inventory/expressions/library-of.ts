/** All filters and tests, by their names. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import { encodingFilters } from './filters/encoding.ts'
import { itemFilters } from './filters/items.ts'
import { listFilters } from './filters/lists.ts'
import { mapFilters } from './filters/maps.ts'
import { networkFilters } from './filters/network.ts'
import { numberFilters } from './filters/numbers.ts'
import { regexFilters } from './filters/regex.ts'
import { seededFilters } from './filters/seeded.ts'
import { textFilters } from './filters/text.ts'
import { unitFilters } from './filters/units.ts'
import type { Filters, Library } from './library.ts'
import type { Machine } from './machine.ts'
import { checkArguments } from './signature.ts'
import { tests } from './tests.ts'
import { Undefined } from './values.ts'
import type { Args, Value } from './values.ts'

const filters: Filters = {
  ...numberFilters,
  ...textFilters,
  ...regexFilters,
  ...listFilters,
  ...itemFilters,
  ...mapFilters,
  ...encodingFilters,
  ...networkFilters,
  ...unitFilters,
  ...seededFilters,
}

const atRun = 'a value of an inventory does not depend on the time of the run: read the time in the playbook'

/** What there is instead of filters and tests that are not here. */
const instead: Readonly<Record<string, string>> = {
  password_hash: 'keep the hash in an encrypted variable: openssl passwd -6, or mkpasswd, makes one',
  json_query: 'use map, selectattr and members',
  strftime: atRun,
  to_datetime: atRun,
  exists: "a test of a file of this machine is for the playbook; lookup('first_found', …) finds one",
  file: "a test of a file of this machine is for the playbook; lookup('first_found', …) finds one",
  directory: 'a test of a folder of this machine is for the playbook',
}

/** The names of filters and tests, for the documentation. */
export const filterNames: readonly string[] = Object.keys(filters)
export const testNames: readonly string[] = Object.keys(tests)

/** Filters that get a value that does not exist; others pass it on. */
const takeUndefined = new Set(['default', 'd', 'mandatory'])
/** Filters that can leave an argument unread. */
const takeUndefinedArguments = new Set(['ternary'])
const testUndefined = new Set(['defined', 'undefined'])

/** A name without its collection: `ipaddr` of `ansible.utils.ipaddr`. */
const shortName = (name: string): string => name.replace(/^\w+\.\w+\./, '')

const found = <Item>(known: Readonly<Record<string, Item>>, name: string, what: string): Item => {
  const short = shortName(name)
  const item = Object.hasOwn(known, short) ? known[short] : undefined
  if (item !== undefined) return item
  const hint = Object.hasOwn(instead, short) ? instead[short] : undefined
  if (hint !== undefined) throw new Fault(`there is no ${what} ${name} in an inventory`, { word: name, hint })
  const guess = nearest(short, Object.keys(known))
  throw new Fault(`there is no ${what} ${name}`, {
    word: name,
    hint: guess === undefined ? 'docs/inventory.md lists them' : `did you mean ${guess}?`,
  })
}

/** A value that is empty in text as that text. */
const withoutBlank = (value: Value): Value => (value instanceof Undefined && value.blank ? '' : value)

/** The first argument that does not exist. */
const missingIn = (args: Args): Undefined | undefined =>
  [...args.rest(), ...args.names().map((name) => args.named(name))].find((one) => one instanceof Undefined)

/** The filters and tests. */
export const libraryOf = (machine: Machine): Library => {
  const library: Library = {
    machine,
    filter: (name, given, written): Value => {
      const filter = found(filters, name, 'filter')
      machine.step()
      const takesAny = takeUndefined.has(shortName(name))
      const [value, args] = takesAny ? [given, written] : [withoutBlank(given), written.map(withoutBlank)]
      checkArguments(name, filter, args)
      if (!takesAny) {
        const missing =
          value instanceof Undefined
            ? value
            : takeUndefinedArguments.has(shortName(name))
              ? undefined
              : missingIn(args)
        if (missing !== undefined) return missing
      }
      return machine.guarded(() => filter(value, args, library))
    },
    test: (name, value, args): boolean => {
      const test = found(tests, name, 'test')
      machine.step()
      checkArguments(name, test, args)
      const missing =
        value instanceof Undefined && !testUndefined.has(shortName(name)) ? value : missingIn(args)
      if (missing !== undefined) throw missing.fault()
      let passed = false
      machine.guarded(() => (passed = test(value, args, library)))
      return passed
    },
  }
  return library
}
