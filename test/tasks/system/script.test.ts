import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { script } from '../../../tasks/system/script.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('script')
const folder = folderOf(test)

test('a file of this machine goes in by standard input, and runs by its own first line', async () => {
  const src = folder.write('s.sh', '#!/bin/sh\ntrue\n')
  const run = await rehearse(script({ src, args: ['a b'], unless: 'test -e /x' }), {
    files: {},
    patterns: [
      [/test -e \/x/, (_, files) => ({ code: files.has('/x') ? 0 : 1 })],
      [
        /&& chmod 700 "\$d\/script" && {2}"\$d\/script" 'a b' <\/dev\/null$/,
        ({ stdin }, files) => {
          assert.is(stdin, '#!/bin/sh\ntrue\n')
          files.set('/x', { content: '' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a script that is not here is said', async () => {
  const run = await rehearse(script({ src: folder.at('none') }), {})
  assert.match(String(run.error), 'cannot read the script')
})
