/** Filters of dates and times. A value of an inventory does not depend on the time of the run. */
import { readYaml } from '../../yaml/read.ts'
import { Fault } from '../fault.ts'
import { flagArgument, numberArgument, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { fromPlain } from '../plain.ts'
import { takes } from '../signature.ts'
import { formatTime, parseTime } from '../times.ts'

/** A text as a date and time. */
const toDateTime: Filter = (value, args, { machine }) => {
  const format = textArgument(machine, args, 0, 'format') ?? '%Y-%m-%d %H:%M:%S'
  return fromPlain(readYaml('to_datetime', parseTime(machine.text(value), format)).written)
}

/** Seconds since 1970 in a format. */
const formatted: Filter = (value, args, { machine }) => {
  const given = args.at(0, 'second')
  const text = typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given) ? Number(given) : undefined
  const seconds = text ?? numberArgument(machine, args, 0, 'second')
  if (seconds === undefined)
    throw new Fault('strftime needs the time, in seconds: the time of the run would differ at each run', {
      word: 'strftime',
      hint: 'read the time in the playbook',
    })
  const time = new Date(seconds * 1000)
  return machine.bounded(formatTime(machine.text(value), time, flagArgument(args, 1, 'utc')))
}

export const timeFilters: Filters = {
  to_datetime: takes('format', toDateTime),
  strftime: takes('second utc', formatted),
}
