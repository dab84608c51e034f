import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { inputBytes } from '../../../../engine/connection/input.ts'
import type { Connection } from '../../../../engine/connection/types.ts'
import { defineTask, drift, isCoxswainError, z } from '../../../../engine/index.ts'
import { standaloneRun } from '../../../../engine/run/task/standalone-run.ts'
import { readSshFile, editSshFile } from '../../../../tasks/system/accounts/as-user.ts'
import { sentAs } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('files of ~/.ssh')

/** Writes the text that it read, with one more line. */
const addLine = defineTask({
  name: 'add-line',
  description: 'Adds a line.',
  params: z.object({}),
  check: () => drift({ what: 'the file', to: 'a line more' }),
  async apply(ctx) {
    const found = await readSshFile(ctx, 'anna', 'f')
    const edit = (text = ''): string => `${text}more\n`
    await editSshFile(ctx, 'anna', { name: 'f', mode: '0600', before: found?.text, edit })
  },
})

test('bytes that are not UTF-8 stay', async () => {
  const bytes = Buffer.from('# Gr\xfc\xdfe\nold\n', 'latin1')
  const printed = Buffer.concat([Buffer.from('anna 700\n600\n'), bytes])
  const written: { readonly script: string; readonly bytes: Buffer }[] = []
  // scripted output is text, not bytes
  const connection: Connection = {
    description: 'home',
    execute: async ({ script, stdin }) => {
      const answer = { code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), dropped: 0 }
      if (script.includes('mktemp')) {
        written.push({ script, bytes: await inputBytes(stdin) })
        return answer
      }
      const hex = printed.toString('hex').replaceAll(/../g, ' $&')
      return { ...answer, stdout: script.includes('od -An') ? Buffer.from(hex) : printed }
    },
    close: async () => {},
  }
  await standaloneRun(new Map([['here', connection]]))(addLine({}), false)
  const [first] = written
  assert.equal(first?.bytes, Buffer.concat([bytes, Buffer.from('more\n')]))
  // it is written only when all of it has arrived
  const sum = createHash('sha256').update(bytes).digest('hex')
  assert.is(
    first?.script,
    sentAs('anna', 'tasks/system/accounts/ssh-edit.sh', 'f', '0600', bytes.length + 5, bytes.length, sum),
  )
})

test('a file that other processes change is read and edited again, and finally given up', async () => {
  for (const [busy, outcome] of [
    [2, 'not-converged'],
    [99, 'write-failed'],
  ] as const) {
    let text = 'a\n'
    let left = busy
    const connection: Connection = {
      description: 'home',
      execute: async ({ script, stdin }) => {
        const answer = { code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), dropped: 0 }
        if (!script.includes('mktemp')) return { ...answer, stdout: Buffer.from(`anna 700\n600\n${text}`) }
        left -= 1
        if (left >= 0) {
          text += 'theirs\n'
          return { ...answer, code: 22 }
        }
        text = (await inputBytes(stdin)).toString()
        return answer
      },
      close: async () => {},
    }
    const { error } = await standaloneRun(new Map([['here', connection]]))(addLine({}), false)
    assert.is(isCoxswainError(error) && error.code, outcome)
    if (busy === 2) assert.is(text, 'a\ntheirs\ntheirs\nmore\n')
  }
})
