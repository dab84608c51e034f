import * as assert from 'uvu/assert'
import { addresses } from '../../../tasks/facts/addresses.ts'
import { valueFrom } from '../../support/value-of.ts'
import { networkText } from './network-text.ts'
import { suite } from '../../support/spec.ts'

const test = suite('addresses')

test('addresses of a family, and local ones', async () => {
  const of = async (given: Parameters<typeof addresses>[0]): Promise<string[]> =>
    Object(await valueFrom(addresses(given), networkText)).map(({ address }: { address: string }) => address)
  assert.equal(await of({ family: 4 }), ['10.0.0.9', '10.0.0.2', '10.5.0.2'])
  assert.equal(await of({ family: 6 }), ['fd00::9', 'fd00::2'])
  assert.equal((await of({ local: true })).length, 7)
  assert.throws(() => addresses.from({ family: 5 }), /family/)
})
