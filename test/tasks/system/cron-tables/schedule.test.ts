import * as assert from 'uvu/assert'
import { scheduleFault } from '../../../../tasks/system/cron-tables/schedule.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('schedules of cron')

for (const schedule of [
  '* * * * *',
  '*/5 0-23/2 1,15,31 1-12 0-7',
  '59 23 31 dec 7',
  '0 0 * JAN-mar mon-fri',
  '1,2-4,10-20/3 * * * *',
  '@daily',
  '0~30 4 * * *',
  '~ 3~ ~5 jan~mar *',
])
  test(`${schedule} is valid`, () => assert.is(scheduleFault(schedule), undefined))

for (const [schedule, fault] of [
  ['60 * * * *', 'the minute cannot be 60'],
  ['0 24 * * *', 'the hour cannot be 24'],
  ['0 0 0 * *', 'the day cannot be 0'],
  ['0 0 1 13 *', 'the month cannot be 13'],
  ['0 0 1 mon *', 'the month cannot be mon'],
  ['0 0 * * 8', 'the weekday cannot be 8'],
  ['5/10 * * * *', 'the minute cannot be 5/10'],
  ['*/0 * * * *', 'the minute cannot be */0'],
  ['99~0 * * * *', 'the minute cannot be 99~0'],
  ['~~~ * * * *', 'the minute cannot be ~~~'],
  ['30~10 * * * *', 'the minute cannot be 30~10'],
  ['x~ * * * *', 'the minute cannot be x~'],
  // some crons accept it, and never run it
  ['9-5 * * * *', 'the minute cannot be 9-5'],
  ['1-2-3 * * * *', 'the minute cannot be 1-2-3'],
  ['1, * * * *', 'the minute cannot be 1,'],
  ['1/2/3 * * * *', 'the minute cannot be 1/2/3'],
] as const)
  test(`${schedule} is not valid`, () => assert.is(scheduleFault(schedule), fault))
