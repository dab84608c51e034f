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

test('the first Ctrl-C lets tasks end, the second stops them, and each message names the effect of the next', () => {
  listening((notices, state) => {
    assert.is(state(), 'on on')
    process.emit('SIGINT')
    assert.is(state(), 'stopping on')
    assert.match(notices.at(-1) ?? '', /running tasks finish.*again to stop/)
    process.emit('SIGINT')
    assert.is(state(), 'stopping stopped')
    assert.match(notices.at(-1) ?? '', /stopping the running tasks on the hosts.*again to exit/)
    assert.is(notices.length, 2)
  })
})

test('any number of hangups only lets tasks end', () => {
  listening((notices, state) => {
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    assert.is(state(), 'stopping on')
    assert.is(notices.length, 1)
    process.emit('SIGTERM')
    assert.is(state(), 'stopping stopped')
  })
})

test('after the run, signals have their default effect', () => {
  listening(() => {})
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) assert.is(process.listenerCount(name), 0)
})
