import * as assert from 'uvu/assert'
import { bytesText } from '../../engine/report/transfer-text.ts'
import { tellTransfers } from '../../engine/run/task/transfers.ts'
import { suite } from '../support/spec.ts'

const test = suite('how far transfers are')

test('begin and end are told, and between them once a second', () => {
  let clock = 0
  const told: number[] = []
  const tell = tellTransfers(
    ({ bytes }) => told.push(bytes),
    () => clock,
  )
  const size = 8_000_000
  for (const [milliseconds, bytes] of [
    [0, 0],
    [999, 1],
    [1000, 2],
    [1001, 3],
    [1002, size],
    [1003, 4],
  ] as const) {
    clock = milliseconds
    tell({ path: '/a', bytes, size })
  }
  assert.equal(told, [0, 2, size, 4])
})

test('each file for itself, and small ones not at all', () => {
  const told: string[] = []
  const tell = tellTransfers(
    ({ path }) => told.push(path),
    () => 0,
  )
  for (const [path, size] of [
    ['/a', 4_000_000],
    ['/b', 4_000_000],
    ['/c', 3_999_999],
    ['/a', 4_000_000],
  ] as const)
    tell({ path, bytes: 0, size })
  assert.equal(told, ['/a', '/b'])
})

test('bytes as people say them', () => {
  const said = [0, 999, 1000, 9949, 9950, 999_499, 999_500, 1_400_000_000, 5e15].map(bytesText)
  assert.equal(said, [
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '9.9 kB',
    '10 kB',
    '999 kB',
    '1.0 MB',
    '1.4 GB',
    '5000 TB',
  ])
})
