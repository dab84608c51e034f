/** All filters and tests, by their names. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import { addressSetFilters } from './filters/address-sets.ts'
import { encodingFilters } from './filters/encoding.ts'
import { hardwareFilters } from './filters/hardware.ts'
import { itemFilters } from './filters/items.ts'
import { listFilters } from './filters/lists.ts'
import { mapFilters } from './filters/maps.ts'
import { networkFilters } from './filters/network.ts'
import { numberFilters } from './filters/numbers.ts'
import { pathFilters } from './filters/paths.ts'
import { passwordFilters } from './filters/password-hash.ts'
import { regexFilters } from './filters/regex.ts'
import { seededFilters } from './filters/seeded.ts'
import { textFilters } from './filters/text.ts'
import { timeFilters } from './filters/times.ts'
import { unitFilters } from './filters/units.ts'
import { yamlFilters } from './filters/yaml.ts'
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
  ...addressSetFilters,
  ...hardwareFilters,
  ...unitFilters,
  ...seededFilters,
  ...yamlFilters,
  ...pathFilters,
  ...passwordFilters,
  ...timeFilters,
}

/** What there is instead of filters and tests that are not here. */
const instead: Readonly<Record<string, string>> = {
  json_query: 'use map, selectattr and members',
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
export const libraryOf = (machine: Machine, mayRead: Library['mayRead']): Library => {
  const library: Library = {
    machine,
    mayRead,
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
