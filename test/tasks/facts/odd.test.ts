/** What a host answers is not trusted: a fact gives a value of its form or an error, and reads long answers at once. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { isTaskFactory } from '../../../engine/dsl/task.ts'
import * as facts from '../../../tasks/facts/index.ts'
import { suite } from '../../support/spec.ts'
import { valueFrom } from '../../support/value-of.ts'

const test = suite('facts: odd answers')

const length = 1_000_000
const odd: Readonly<Record<string, string>> = {
  nothing: '',
  'a NUL and half a character': '\0\uFFFD\u001B[31m',
  'a line of tabs': '\t'.repeat(length),
  'a line of blanks': ' '.repeat(length),
  'a line of colons': ':'.repeat(length),
  'many newlines': '\n'.repeat(length),
  'many digits': '9'.repeat(length),
  'many equal lines': 'link\tx\naddresses\nmodel name : x\ndisk\tx\n'.repeat(length / 50),
  'many words': 'default via dev src metric inet scope '.repeat(length / 50),
  'many signs': `__proto__=1\nconstructor\t${'='.repeat(length)}`,
}

for (const [name, factory] of Object.entries(facts)) {
  if (!isTaskFactory(factory)) continue
  test(`${name}: odd answers give a value or an error`, async () => {
    for (const [what, answer] of Object.entries(odd)) {
      try {
        assert.type(await valueFrom(factory.from({}), answer), 'object', what)
      } catch (error) {
        assert.ok(isCoxswainError(error) && error.code === 'task-failed', `${what}: ${String(error)}`)
      }
    }
  })
}
