import * as assert from 'uvu/assert'
import { background, join, parallel } from '../../../engine/dsl/step.ts'
import { suite } from '../../support/spec.ts'
import { fails, hi, on, usual } from '../site.ts'

const test = suite('parallel and background steps')

test('parallel steps run concurrently, and all end before the next step', async () => {
  const waiting: (() => void)[] = []
  const together = {
    replies: [
      [
        /^say [xy]$/,
        async () => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve)
            // neither continues before both have arrived
            if (waiting.length === 2) for (const go of waiting) go()
          })
          return ''
        },
      ],
      ...(usual.replies ?? []),
    ] as const,
  }
  const { story, exit } = await on(() => [parallel([hi('x'), hi('y')]), hi('after')], {
    hosts: { a: together },
  })
  assert.equal(story.slice(0, 2).toSorted(), ['a x changed', 'a y changed'])
  assert.is(story[2], 'a after changed')
  assert.is(exit, 0)
  const failing = await on(() => [parallel([fails(), hi('fine')]), hi('never')])
  assert.equal(failing.story.toSorted(), ['a fail failed', 'a fine changed'])
})

test('a background step runs in parallel with the next ones, and is awaited', async () => {
  let finish = (): void => {}
  const slow = {
    replies: [
      [/^say slow$/, () => new Promise<string>((resolve) => (finish = () => resolve('')))],
      [
        /^say next$/,
        () => {
          finish()
          return ''
        },
      ],
      ...(usual.replies ?? []),
    ] as const,
  }
  const { story } = await on(
    () => {
      const slowly = background(hi('slow'))
      return [slowly, hi('next'), join(slowly), hi('after')]
    },
    { hosts: { a: slow } },
  )
  // it could not end before the next one was running
  assert.equal(story.slice(0, 2).toSorted(), ['a next changed', 'a slow changed'])
  assert.is(story[2], 'a after changed')
})

test('a failed background step makes the host fail at its join, or at the end', async () => {
  const joined = await on(() => {
    const bad = background(fails())
    return [bad, join(bad), hi('never')]
  })
  assert.equal(joined.story, ['a fail failed'])
  const atEnd = await on(() => [background(fails()), hi('beside')])
  assert.equal(atEnd.story.toSorted(), ['a beside changed', 'a fail failed'])
  assert.is(atEnd.exit, 2)
})
