import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineTask } from '../../engine/dsl/task.ts'
import { bytesText } from '../../engine/report/transfer-text.ts'
import { limitTransferReports } from '../../engine/run/task/transfers.ts'
import { suite } from '../support/spec.ts'
import { run, usual } from './site.ts'

const test = suite('progress of transfers')

test('start and end are reported, and progress once a second', () => {
  let clock = 0
  const reported: number[] = []
  const report = limitTransferReports(
    ({ bytes }) => reported.push(bytes),
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
    report({ path: '/a', bytes, size })
  }
  assert.equal(reported, [0, 2, size, 4])
})

test('each file is reported separately, and small ones are not', () => {
  const reported: string[] = []
  const report = limitTransferReports(
    ({ path }) => reported.push(path),
    () => 0,
  )
  for (const [path, size] of [
    ['/a', 4_000_000],
    ['/b', 4_000_000],
    ['/c', 3_999_999],
    ['/a', 4_000_000],
  ] as const)
    report({ path, bytes: 0, size })
  assert.equal(reported, ['/a', '/b'])
})

test('formatted bytes', () => {
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

test('a run reports the streams of its tasks: files, and the input of commands', async () => {
  const bytes = Buffer.alloc(5_000_000)
  const streaming = defineTask({
    name: 'streaming',
    description: 'Streams.',
    params: z.object({}),
    apply: async ({ remote }) => {
      const chunks = (): Readable => Readable.from([bytes.subarray(0, 2_000_000), bytes.subarray(2_000_000)])
      await remote.writeStream('/file', { size: bytes.length, chunks: chunks() })
      const transfer = { path: '/folder', size: bytes.length }
      await remote.run({ stdin: chunks(), transfer })`say x`
      // a small transfer is not reported
      await remote.writeStream('/small', { size: 3, chunks: Readable.from([Buffer.from('abc')]) })
    },
  })
  const { events } = await run((play) => [play('p', { hosts: 'a', tasks: () => [streaming()] })], {
    hosts: { a: usual },
  })
  assert.equal(
    events.flatMap((event) =>
      event.type === 'task-transfer' ? [[event.task.name, event.path, event.bytes, event.size]] : [],
    ),
    [
      ['streaming', '/file', 0, 5_000_000],
      ['streaming', '/file', 5_000_000, 5_000_000],
      ['streaming', '/folder', 0, 5_000_000],
      ['streaming', '/folder', 5_000_000, 5_000_000],
    ],
  )
})
