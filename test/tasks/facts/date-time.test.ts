import * as assert from 'uvu/assert'
import { dateTime } from '../../../tasks/facts/date-time.ts'
import { rejects } from '../../support/rejects.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('date-time')

test('the time', async () => {
  assert.equal(await valueFrom(dateTime(), '1800000000 +0100 CET\nEurope/Berlin\n'), {
    epoch: 1_800_000_000,
    utc: '2027-01-15T08:00:00Z',
    zone: 'Europe/Berlin',
    offset: '+0100',
    abbreviation: 'CET',
  })
  assert.is(Object(await valueFrom(dateTime(), '1800000000 +0000 UTC\n')).zone, 'UTC')
  await rejects(() => valueFrom(dateTime(), '999999999999999 +0000 UTC\n'), 'task-failed', 'which time')
})
