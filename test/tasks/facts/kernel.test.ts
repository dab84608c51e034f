import * as assert from 'uvu/assert'
import { kernel, parseKernel } from '../../../tasks/facts/kernel.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kernel')

test('the kernel, and its architecture as downloads name it', async () => {
  assert.equal(await valueFrom(kernel(), 'Linux 6.1.0-28-amd64 x86_64\n'), {
    name: 'Linux',
    release: '6.1.0-28-amd64',
    architecture: 'x86_64',
    goArchitecture: 'amd64',
  })
  assert.is(parseKernel('Linux 6 aarch64').goArchitecture, 'arm64')
  assert.is(parseKernel('Linux 6 riscv64').goArchitecture, 'riscv64')
})
