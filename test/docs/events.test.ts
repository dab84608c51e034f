import * as assert from 'uvu/assert'
import { eventsPage } from '../../docs/events.ts'
import { pageText } from '../support/page.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of events')

test('it matches the schema; `npm run docs` generates it', () =>
  assert.is(pageText('events.md'), eventsPage()))
