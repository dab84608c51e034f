import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { script } from '../../../tasks/system/script.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('script')
const folder = folderOf(test)

test('a local file is passed on standard input, and runs with the interpreter of its first line', async () => {
  const src = folder.write('s.sh', '#!/bin/sh\ntrue\n')
  const run = await rehearse(script({ src, args: ['a b'], unless: 'test -e /x' }), {
    files: {},
    patterns: [
      [/test -e \/x/, (_, files) => ({ code: files.has('/x') ? 0 : 1 })],
      [
        /^set -- 15\n.*\n\/bin\/sh "\$d\/script" 'a b' <\/dev\/null$/s,
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

test('a missing script is an error', async () => {
  const run = await rehearse(script({ src: folder.at('none') }), {})
  assert.match(String(run.error), 'cannot read the script')
})

test('the interpreter gets the rest of the first line as one argument, as on Linux', async () => {
  const src = folder.write('env.py', '#! /usr/bin/env -S python3 -u\nprint(1)\n')
  const patterns = [[/\n\/usr\/bin\/env '-S python3 -u' "\$d\/script" {2}<\/dev\/null$/s, '']] as const
  const run = await rehearse(script({ src }), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('Windows line endings are one clear error, already in the check', async () => {
  const src = folder.write('crlf.sh', '#!/bin/sh\r\ntrue\r\n')
  const run = await rehearse(script({ src, creates: '/x' }), {})
  assert.match(String(run.error), `${src} has Windows line endings (CRLF), first in line 1`)
  assert.equal(run.commands.apply, [])
  const python = folder.write('crlf.py', '#!/usr/bin/python3\r\nprint(1)\r\n')
  assert.match(String((await rehearse(script({ src: python }), {})).error), 'CRLF')
})
