import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import type { World } from '../../../engine/testing.ts'
import { gitCheckout } from '../../../tasks/files/git-checkout.ts'
import { findVersion } from '../../../tasks/files/git/state.ts'
import { rejects } from '../../support/rejects.ts'
import { shellText } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('git-checkout')

const [old, now] = ['a'.repeat(40), 'b'.repeat(40)]
const repo = 'git@git.example:app.git'
const task = gitCheckout({ repo, dest: '/srv/app', version: 'main' })

/** git in the checkout, without hooks and watchers. */
const git = 'git -c core.hooksPath=/dev/null -c core.fsmonitor= -C /srv/app'

/** A host with a checkout that changes when a command says so. */
const host = (own = '0', status = ''): World => {
  let head = old
  return {
    replies: {
      [`${git} checkout -q -B main 'refs/remotes/origin/main^{commit}' --`]: () => {
        head = now
        return ''
      },
    },
    patterns: [
      [/rev-parse -q --verify HEAD/, () => `${head}\n${repo}\n${own}\n${status}`],
      [/git ls-remote/, `${now}\trefs/heads/main\n`],
      [/^git|GIT_SSH_COMMAND|coxswain-begun/, ''],
    ],
  }
}

test('a branch that moved is fetched and checked out', async () => {
  const run = await rehearse(task, host())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: '/srv/app', from: old.slice(0, 12), to: `${now.slice(0, 12)} (main)` }])
  const ssh = `GIT_TERMINAL_PROMPT=0; export GIT_TERMINAL_PROMPT; GIT_SSH_COMMAND='ssh -o BatchMode=yes -o StrictHostKeyChecking=yes'; export GIT_SSH_COMMAND; `
  assert.equal(
    run.commands.apply.filter((command) => /fetch -q|checkout|update-ref|upstream/.test(command)),
    [
      `${ssh}${git} fetch -q --force --no-recurse-submodules --tags --prune origin '+refs/heads/*:refs/remotes/origin/*'`,
      `set -- refs/coxswain/branch/main 'refs/remotes/origin/main^{commit}' ${git}\n${shellText('tasks/files/git/keep-commit.sh')}`,
      `${git} checkout -q -B main 'refs/remotes/origin/main^{commit}' --`,
      `${git} branch -q --set-upstream-to=origin/main main`,
    ],
  )
})

test('changes and commits of a user are kept', async () => {
  const changed = await rehearse(task, host('0', `1 .M N... 100644 100644 100644 ${old} ${old} some file\n`))
  assert.match(String(changed.error), 'files in /srv/app were changed')
  assert.equal(changed.error instanceof CoxswainError && changed.error.output, 'some file')
  const ahead = await rehearse(task, host('2'))
  assert.match(String(ahead.error), 'has commits that are not in the repository')
  assert.equal([changed.commands.apply, ahead.commands.apply], [[], []])
})

test('without git, the check is unknown and the run fails', async () => {
  const run = await rehearse(task, { patterns: [[/command -v git/, { code: 101 }]] })
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
})

test('how a version is resolved', () => {
  const lines = [
    'ref: refs/heads/main\tHEAD',
    `${old}\tHEAD`,
    `${old}\trefs/heads/main`,
    `${now}\trefs/heads/both`,
    `${old}\trefs/tags/both`,
    `${'c'.repeat(40)}\trefs/tags/v1`,
    `${now}\trefs/tags/v1^{}`,
  ].join('\n')
  assert.equal(findVersion(lines, undefined), { kind: 'branch', name: 'main', commit: old })
  assert.equal(findVersion(lines, 'both'), { kind: 'branch', name: 'both', commit: now })
  assert.equal(findVersion(lines, 'refs/tags/both'), { kind: 'tag', name: 'both', commit: old })
  assert.equal(findVersion(lines, 'v1'), { kind: 'tag', name: 'v1', commit: now })
  assert.equal(findVersion(lines, 'refs/heads/v1'), undefined)
  assert.equal(findVersion(`${old}\tHEAD`, undefined), { kind: 'commit', name: old, commit: old })
})

test('options in place of values, and a password in a URL, are refused', async () => {
  const dest = '/srv/app'
  await rejects(() => gitCheckout({ repo: '--upload-pack=x', dest }), 'params-invalid', 'a URL or path')
  await rejects(() => gitCheckout({ repo, dest, version: '-f' }), 'params-invalid', 'a branch, a tag')
  await rejects(() => gitCheckout({ repo, dest, version: 'HEAD~1' }), 'params-invalid', 'a branch, a tag')
  await rejects(
    () => gitCheckout({ repo: 'https://t@git/x', dest }),
    'params-invalid',
    'must not contain a password',
  )
})
