/** Files are read completely and unchanged, or not at all. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection } from '../../engine/connection/connect.ts'
import type { Connection } from '../../engine/connection/types.ts'
import { createRemote } from '../../engine/remote/remote.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('reading files completely or not at all')

const root = mkdtempSync(join(tmpdir(), 'coxswain-whole-'))
const at = (name: string): string => join(root, name)
const remote = createRemote(shellConnection())

test.after(() => rmSync(root, { recursive: true, force: true }))

/** A connection that dropped a part of the output. */
const forgetful = (dropped: number): Connection => ({
  ...shellConnection(),
  execute: async (request) => ({ ...(await shellConnection().execute(request)), dropped }),
})

test('a file larger than the limit for output is an error', async () => {
  const connection = localConnection()
  try {
    writeFileSync(at('long'), Buffer.alloc(17 * 1024 * 1024, 'x\n'))
    const { read, readBytes } = createRemote(connection)
    const error = await rejects(
      () => read(at('long')),
      'read-failed',
      `cannot read ${at('long')}: it exceeds`,
    )
    assert.match(error.message, '1 MiB')
    await rejects(() => readBytes(at('long')), 'read-failed', 'exceeds the limit of 16 MiB by 1 MiB')
  } finally {
    await connection.close()
  }
})

test('output beyond the limit is an error for text, lines and JSON', async () => {
  const { query } = createRemote(forgetful(7))
  await rejects(
    () => query`echo 1`.text(),
    'command-failed',
    'its output exceeds the limit (7 bytes are lost)',
  )
  await rejects(() => query`echo 1`.lines(), 'command-failed', 'its output exceeds the limit')
  await rejects(() => query`echo 1`.json(), 'command-failed', 'its output exceeds the limit')
  const result = await query`echo 1`.result()
  assert.equal([result.ok, result.dropped], [true, 7])
})

test('text is UTF-8 with its byte order mark; other bytes are an error with a hint', async () => {
  writeFileSync(at('marked'), '\u{FEFF}größer\n')
  assert.is(await remote.read(at('marked')), '\u{FEFF}größer\n')
  const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')
  writeFileSync(at('latin'), latin)
  const error = await rejects(() => remote.read(at('latin')), 'read-failed', `${at('latin')} is not UTF-8`)
  assert.match(error.hint, 'readBytes')
  assert.ok((await remote.readBytes(at('latin')))?.equals(latin))
  assert.ok(readFileSync(at('latin')).equals(latin))
})
