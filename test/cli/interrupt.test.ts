import * as assert from 'uvu/assert'
import { onInterrupt } from '../../engine/cli/session/interrupt.ts'
import { suite } from '../support/spec.ts'

const test = suite('interrupts')

const listening = (work: (notices: string[], state: () => string) => void): void => {
  const notices: string[] = []
  const { stopping, signal, release } = onInterrupt((text) => notices.push(text))
  try {
    work(notices, () => `${stopping.aborted ? 'stopping' : 'on'} ${signal.aborted ? 'stopped' : 'on'}`)
  } finally {
    release()
  }
}

test('the first Ctrl-C lets tasks end, the second stops them, and each says what the next one does', () => {
  listening((notices, state) => {
    assert.is(state(), 'on on')
    process.emit('SIGINT')
    assert.is(state(), 'stopping on')
    assert.match(notices.at(-1) ?? '', /come to their end.*again stops/)
    process.emit('SIGINT')
    assert.is(state(), 'stopping stopped')
    assert.match(notices.at(-1) ?? '', /stopping what runs on the hosts.*again leaves/)
    assert.is(notices.length, 2)
  })
})

test('a terminal that goes, however often it is told, only lets tasks end', () => {
  listening((notices, state) => {
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    assert.is(state(), 'stopping on')
    assert.is(notices.length, 1)
    process.emit('SIGTERM')
    assert.is(state(), 'stopping stopped')
  })
})

test('when the run is over, signals do what they do by themselves', () => {
  listening(() => {})
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) assert.is(process.listenerCount(name), 0)
})
