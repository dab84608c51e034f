import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { debug } from '../../../tasks/control/debug.ts'
import { run, usual } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'

const test = suite('debug')

const shown = async (show: unknown, checkMode = false): Promise<string[]> => {
  const { events, story } = await run((play) => [play('p', { hosts: 'a', tasks: () => [debug({ show })] })], {
    hosts: { a: { ...usual, files: { '/etc/motd': 'hello' } } },
    checkMode,
  })
  assert.equal(story, ['a debug ok'])
  return events.flatMap((event) => (event.type === 'task-output' ? [event.line] : []))
}

test('text is shown unchanged, everything else as JSON', async () => {
  assert.equal(await shown('a "word"'), ['a "word"'])
  assert.equal(await shown({ port: 80 }), ['{"port":80}'])
})

test('a question is sent to the host, also under --check', async () => {
  const motd = ({ remote }: { remote: { read: (path: string) => Promise<string | undefined> } }) =>
    remote.read('/etc/motd')
  assert.equal(await shown(motd), ['hello'])
  assert.equal(await shown(motd, true), ['hello'])
})

test('the text alone is the value; without both there is nothing to show', async () => {
  const { events } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [debug({ text: 'ready' }), debug({ show: undefined, text: 'none' })],
    }),
  ])
  assert.equal(
    events.flatMap((event) => (event.type === 'task-output' ? [event.line] : [])),
    ['ready', 'none'],
  )
  assert.throws(() => debug({}), /show or text is needed/)
})

test('a secret is masked', async () => {
  assert.equal(await shown({ password: new Secret('hunter2') }), ['{"password":"********"}'])
})

test('people see the text in place of the value', async () => {
  const { events } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [debug({ show: { port: 80 }, text: 'port 80' })] }),
  ])
  const lines = events.flatMap((event) => (event.type === 'task-output' ? [event.line] : []))
  assert.equal(lines, ['port 80'])
  assert.equal(
    events.flatMap((event) => (event.type === 'task-end' ? [event.value] : [])),
    [{ port: 80 }],
  )
})
