import * as assert from 'uvu/assert'
import { environment } from '../../../tasks/facts/environment.ts'
import { rejects } from '../../support/rejects.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('environment')

test('the environment of a login: values with newlines, and what the files print before', async () => {
  const hex = Buffer.from('A=b\nc\0PATH=/bin\0SHLVL=1\0__proto__=x\0odd\0').toString('hex')
  const value = await valueFrom(
    environment(),
    `environment\nhello\n\nenvironment\n ${hex.replaceAll(/../g, '$& ')}\n`,
  )
  assert.is(JSON.stringify(value), '{"A":"b\\nc","PATH":"/bin","__proto__":"x"}')
  await rejects(() => valueFrom(environment(), 'hello\n'), 'task-failed', 'the login shell ended')
})
