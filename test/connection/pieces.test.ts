import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { piecesOf } from '../../engine/connection/shell/pieces.ts'
import { Secret } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'

const test = suite('pieces')

/** The bytes of pieces as the host reads them: a length, a newline, and that number of bytes. */
const read = async (pieces: AsyncIterable<Buffer>): Promise<Buffer[]> => {
  const found: Buffer[] = []
  for await (const piece of pieces) {
    const at = piece.indexOf('\n')
    assert.is(Number(piece.toString('latin1', 0, at)), piece.length - at - 1)
    found.push(piece.subarray(at + 1))
  }
  return found
}
async function* source(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

test('all content of a source passes, and no piece is empty: that would mean the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), async (chunks) => {
      const found = await read(piecesOf(source(chunks)))
      assert.ok(Buffer.concat(found).equals(Buffer.concat(chunks)))
      assert.ok(found.every(({ length }) => length > 0))
    }),
  )
})

test('small chunks are joined and large ones are split', async () => {
  const mebibyte = 1024 * 1024
  const small = Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024))
  const sizes = async (chunks: readonly Uint8Array[]) =>
    (await read(piecesOf(source(chunks)))).map(({ length }) => length)
  assert.equal(await sizes(small), [...Array.from({ length: 6 }, () => mebibyte), mebibyte / 4])
  assert.equal(await sizes([Buffer.alloc(2 * mebibyte + 5)]), [mebibyte, mebibyte, 5])
})

test('text, bytes and secrets are also valid input', async () => {
  for (const input of ['é', Buffer.from('é'), new Secret('é')])
    assert.is(Buffer.concat(await read(piecesOf(input))).toString(), 'é')
})
