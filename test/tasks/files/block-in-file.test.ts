import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { blockInFile } from '../../../tasks/files/block-in-file.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('block-in-file')
const path = '/etc/app.conf'
const marked = (text: string): string => `# BEGIN by coxswain\n${text}# END by coxswain\n`

const after = async (
  text: string,
  params: Omit<Parameters<typeof blockInFile>[0], 'path'>,
): Promise<unknown> => {
  const run = await rehearse(blockInFile({ path, ...params }), { files: { [path]: text } })
  if (run.error !== undefined) throw run.error
  return run.files.get(path)?.content.toString()
}

test('a new block goes to the end, or to the given place', async () => {
  assert.is(await after('a\nb', { block: 'x\ny' }), `a\nb\n${marked('x\ny\n')}`)
  assert.is(await after('a\nb\na\n', { block: 'x', insertAfter: '^a' }), `a\nb\na\n${marked('x\n')}`)
  assert.is(await after('a\nb\na\n', { block: 'x', insertBefore: '^a' }), `${marked('x\n')}a\nb\na\n`)
  assert.is(await after('a\n', { block: 'x', insertBefore: '^z' }), `a\n${marked('x\n')}`)
})

test('an existing block is changed in place, or removed', async () => {
  const text = `a\n${marked('old\n')}b\n`
  assert.is(await after(text, { block: 'new\n' }), `a\n${marked('new\n')}b\n`)
  assert.is(await after(text, { block: 'old' }), text)
  assert.is(await after(text, { state: 'absent' }), 'a\nb\n')
  assert.is(await after('a\n', { state: 'absent' }), 'a\n')
})

test('blocks with other markers stay, and a block without its end is not a block', async () => {
  const other = '; BEGIN two\nx\n; END two\n'
  assert.is(await after(other, { block: 'y', marker: '; {mark} one' }), `${other}; BEGIN one\ny\n; END one\n`)
  assert.is(await after('# BEGIN by coxswain\na\n', { state: 'absent' }), '# BEGIN by coxswain\na\n')
})

test('a block without its end does not take in lines of others, also at the next run', async () => {
  for (const left of ['# BEGIN by coxswain\n', '# END by coxswain\n']) {
    const once = String(await after(`${left}a\n`, { block: 'x' }))
    assert.is(once, `${left}a\n${marked('x\n')}`)
    assert.is(await after(once, { block: 'y' }), `${left}a\n${marked('y\n')}`)
    assert.is(await after(once, { state: 'absent' }), `${left}a\n`)
  }
})

test('a marker must contain the placeholder', async () => {
  await rejects(
    () => blockInFile({ path, marker: '# mine' }),
    'params-invalid',
    'one line that contains {mark}',
  )
})

test('a block gets the line endings of the file, and a missing last newline stays missing', async () => {
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
  assert.is(await after('a\r\nb\r\n', { block: 'x\ny' }), crlf(`a\nb\n${marked('x\ny\n')}`))
  const there = crlf(`a\n${marked('x\n')}b\n`)
  assert.is(await after(there, { block: 'x\r\n' }), there)
  assert.is(await after(there, { block: 'y' }), crlf(`a\n${marked('y\n')}b\n`))
  const open = `a\n${marked('x\n')}`.trimEnd()
  assert.is(await after(open, { block: 'y\nz' }), `a\n${marked('y\nz\n')}`.trimEnd())
  assert.is(await after('a\n', { block: 'x', insertBefore: 'BOF' }), `${marked('x\n')}a\n`)
})

test('a block cannot contain its own marker', async () => {
  await rejects(() => blockInFile({ path, block: 'a\n# END by coxswain\n' }), 'params-invalid', 'own marker')
})
