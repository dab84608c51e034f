import * as assert from 'uvu/assert'
import { changelogFault } from '../../release.ts'
import { suite } from '../support/spec.ts'

const test = suite('the check before a release')

const changelog = (heading: string, ...notes: readonly string[]): string =>
  [
    '# Changelog',
    '',
    '## Unreleased',
    '',
    `## ${heading}`,
    '',
    ...notes,
    '',
    '## 0.1.0 - 2026-01-31',
    '',
    '- x',
  ].join('\n')

test('a version with a date and notes can be released', () =>
  assert.is(changelogFault(changelog('1.2.3 - 2026-11-28', '### Added', '', '- a task'), '1.2.3'), undefined))

test('missing parts are named', () => {
  assert.match(changelogFault(changelog('1.2.2 - 2026-11-28', '- a'), '1.2.3') ?? '', 'no section "## 1.2.3')
  assert.match(changelogFault(changelog('1.2.3 - today', '- a'), '1.2.3') ?? '', 'needs a date')
  assert.match(changelogFault(changelog('1.2.3 - 2026-11-28'), '1.2.3') ?? '', 'says nothing of 1.2.3')
  assert.match(changelogFault(changelog('1.2.3 - 2026-11-28', '- a'), 'v1.2') ?? '', 'not a version')
})
