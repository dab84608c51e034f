import * as assert from 'uvu/assert'
import { background, join, parallel } from '../../../engine/dsl/step.ts'
import { suite } from '../../support/spec.ts'
import { fails, hi, on, usual } from '../site.ts'

const test = suite('side by side')

test('parallel steps are under way together, and all end before the next step', async () => {
  const waiting: (() => void)[] = []
  const together = {
    replies: [
      [
        /^say [xy]$/,
        async () => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve)
            // nobody goes on before both are there
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

test('a background step goes on beside the next ones, and is waited for', async () => {
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
  // it could not end before the next one was at work
  assert.equal(story.slice(0, 2).toSorted(), ['a next changed', 'a slow changed'])
  assert.is(story[2], 'a after changed')
})

test('a background step that fails fails the host where it is waited for, or at the end', async () => {
  const joined = await on(() => {
    const bad = background(fails())
    return [bad, join(bad), hi('never')]
  })
  assert.equal(joined.story, ['a fail failed'])
  const atEnd = await on(() => [background(fails()), hi('beside')])
  assert.equal(atEnd.story.toSorted(), ['a beside changed', 'a fail failed'])
  assert.is(atEnd.exit, 2)
})
