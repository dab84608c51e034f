/** What is read is read whole and unchanged, or not at all. */
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

const test = suite('reading whole or not at all')

const root = mkdtempSync(join(tmpdir(), 'coxswain-whole-'))
const at = (name: string): string => join(root, name)
const remote = createRemote(shellConnection())

test.after(() => rmSync(root, { recursive: true, force: true }))

/** A connection that kept only a part of what a command printed. */
const forgetful = (dropped: number): Connection => ({
  ...shellConnection(),
  execute: async (request) => ({ ...(await shellConnection().execute(request)), dropped }),
})

test('a file that is longer than what is kept of an output is an error, not its beginning', async () => {
  const connection = localConnection()
  try {
    writeFileSync(at('long'), Buffer.alloc(17 * 1024 * 1024, 'x\n'))
    const { read, readBytes } = createRemote(connection)
    const error = await rejects(() => read(at('long')), 'read-failed', `cannot read ${at('long')} whole`)
    assert.match(error.message, '1 MiB')
    await rejects(() => readBytes(at('long')), 'read-failed', 'whole')
  } finally {
    await connection.close()
  }
})

test('a command that printed more than is kept has no text, no lines and no JSON', async () => {
  const { query } = createRemote(forgetful(7))
  await rejects(() => query`echo 1`.text(), 'command-failed', 'more than can be kept (7 bytes are lost)')
  await rejects(() => query`echo 1`.lines(), 'command-failed', 'more than can be kept')
  await rejects(() => query`echo 1`.json(), 'command-failed', 'more than can be kept')
  const result = await query`echo 1`.result()
  assert.equal([result.ok, result.dropped], [true, 7])
})

test('text is UTF-8, its byte order mark included; other bytes are an error with a way out', async () => {
  writeFileSync(at('marked'), '\u{FEFF}größer\n')
  assert.is(await remote.read(at('marked')), '\u{FEFF}größer\n')
  const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')
  writeFileSync(at('latin'), latin)
  const error = await rejects(() => remote.read(at('latin')), 'read-failed', `${at('latin')} is no UTF-8`)
  assert.match(error.hint, 'readBytes')
  assert.ok((await remote.readBytes(at('latin')))?.equals(latin))
  assert.ok(readFileSync(at('latin')).equals(latin))
})
