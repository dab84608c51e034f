import * as assert from 'uvu/assert'
import { gitCheckout } from '../../../tasks/files/git-checkout.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('git-checkout on real hosts')

const repo = '/srv/app.git'
const dest = '/srv/app'

for (const host of realHosts('debian')) {
  const git = (words: string) => host.sh(`git -C /srv/source ${words}`)
  const commit = async (text: string): Promise<string> => {
    await host.sh(`printf '%s\n' '${text}' >/srv/source/file`)
    await git(`add . && git -C /srv/source commit -qm '${text}'`)
    return (await git('rev-parse HEAD')).trim()
  }
  const content = (where = dest) => host.sh(`cat ${where}/file`)

  test(`${host.name}: branches, tags and commits, in both directions`, async () => {
    await host.sh(
      'git config --global user.email a@b && git config --global user.name a && git config --global init.defaultBranch trunk',
    )
    await host.sh(`git init -q --bare ${repo} && git init -q /srv/source`)
    await git(`remote add origin ${repo}`)
    const first = await commit('one')
    await git('tag -a v1 -m v1 && git -C /srv/source push -q origin trunk v1')

    await host.proves(gitCheckout({ repo, dest }))
    assert.is(await content(), 'one\n')
    await host.finds(gitCheckout({ repo, dest, version: 'trunk' }))
    await host.finds(gitCheckout({ repo, dest, version: 'v1' }))
    await host.finds(gitCheckout({ repo, dest, version: first }))

    const second = await commit('two')
    await git('push -q origin trunk')
    const moved = await host.proves(gitCheckout({ repo, dest }))
    assert.equal(moved.changes, [
      { what: dest, from: first.slice(0, 12), to: `${second.slice(0, 12)} (trunk)` },
    ])
    assert.is(await content(), 'two\n')
    assert.match(await host.sh(`git -C ${dest} status -sb`), '## trunk...origin/trunk\n')
    await host.proves(gitCheckout({ repo, dest, version: 'v1' }))
    assert.is(await content(), 'one\n')
    await host.proves(gitCheckout({ repo, dest, version: second }))
    assert.is(await content(), 'two\n')
    assert.match(await host.refuses(gitCheckout({ repo, dest, version: 'v9' })), 'has no v9')
  })

  test(`${host.name}: rewritten history, and a removed branch`, async () => {
    await host.proves(gitCheckout({ repo, dest, version: 'v1' }))
    await host.proves(gitCheckout({ repo, dest, version: 'trunk' }))
    await git('reset -q --hard v1')
    const other = await commit('other')
    await git(`push -q --force origin trunk trunk:side`)
    await host.proves(gitCheckout({ repo, dest, version: 'trunk' }))
    assert.is(await content(), 'other\n')
    await host.finds(gitCheckout({ repo, dest, version: 'side' }))
    await host.sh(`git -C ${dest} fetch -q`)
    await host.finds(gitCheckout({ repo, dest, version: other }))
  })

  test(`${host.name}: changes there are discarded only with force`, async () => {
    await host.sh(`echo mine >${dest}/file; echo new >${dest}/untracked`)
    const task = (force: boolean) => gitCheckout({ repo, dest, version: 'v1', force })
    assert.match(await host.refuses(task(false)), /files in \/srv\/app were changed.*force=true/s)
    assert.is(await content(), 'mine\n')
    await host.proves(task(true))
    assert.is(await host.sh(`cat ${dest}/file ${dest}/untracked`), 'one\nnew\n')

    await host.proves(gitCheckout({ repo, dest, version: 'trunk' }))
    await host.sh(`cd ${dest} && echo mine >file && git commit -qam mine && git checkout -q v1`)
    assert.match(await host.refuses(gitCheckout({ repo, dest, version: 'trunk' })), 'has commits that')
    await host.proves(gitCheckout({ repo, dest, version: 'trunk', force: true }))
    assert.is(await content(), 'other\n')

    await host.sh('mkdir /srv/full && touch /srv/full/x')
    assert.match(await host.refuses(gitCheckout({ repo, dest: '/srv/full' })), 'is not a git checkout')
    await host.sh('mkdir /srv/empty')
    await host.proves(gitCheckout({ repo, dest: '/srv/empty' }))
  })

  test(`${host.name}: shallow history, another repository, and an interrupted checkout`, async () => {
    const url = `file://${repo}`
    const shallow = gitCheckout({ repo: url, dest: '/srv/shallow', depth: 1 })
    await host.proves(shallow)
    assert.is(await host.sh('git -C /srv/shallow rev-list --count HEAD'), '1\n')
    const newest = await commit('newest')
    await git('push -q origin trunk')
    await host.proves(shallow)
    assert.is(await content('/srv/shallow'), 'newest\n')
    await host.proves(gitCheckout({ repo: url, dest: '/srv/shallow', version: 'v1', depth: 1 }))
    await host.proves(gitCheckout({ repo: url, dest: '/srv/one', version: newest, depth: 1 }))

    await host.sh(`cp -r ${repo} /srv/moved.git`)
    const moved = await host.proves(gitCheckout({ repo: '/srv/moved.git', dest, version: 'v1' }))
    assert.equal(moved.changes[0], { what: `repository of ${dest}`, from: repo, to: '/srv/moved.git' })

    await host.sh('git init -q /srv/broken')
    await host.proves(gitCheckout({ repo, dest: '/srv/broken' }))
  })

  test(`${host.name}: the checkout of another user, and an unknown server`, async () => {
    await host.sh('cp -r /srv/app /srv/theirs && chown -R ops: /srv/theirs')
    assert.match(await host.refuses(gitCheckout({ repo, dest: '/srv/theirs' })), 'run the task as the owner')
    const unknown = gitCheckout({ repo: 'ssh://root@127.0.0.1/srv/app.git', dest: '/srv/ssh' })
    assert.match(await host.refuses(unknown), /Host key verification failed|known-host/)
    await host.sh('ssh-keyscan 127.0.0.1 2>/dev/null >/etc/ssh/ssh_known_hosts; mkdir -p -m 700 /root/.ssh')
    assert.match(await host.refuses(unknown), 'set `key`')
    await host.sh(
      "ssh-keygen -q -t ed25519 -N '' -f '/root/deploy key' && cat '/root/deploy key.pub' >>/root/.ssh/authorized_keys",
    )
    await host.proves(
      gitCheckout({ repo: 'ssh://root@127.0.0.1/srv/app.git', dest: '/srv/ssh', key: '/root/deploy key' }),
    )
  })

  test(`${host.name}: submodules are not managed, or set to the commits of the version`, async () => {
    await host.sh('git config --global protocol.file.allow always')
    const commitIn = async (folder: string, text: string) => {
      await host.sh(`cd /srv/${folder} && echo ${text} >file && git add . && git commit -qm ${text}`)
      await host.sh(`cd /srv/${folder} && git push -q origin HEAD:trunk`)
    }
    for (const name of ['inner', 'outer'])
      await host.sh(
        `git init -q --bare /srv/${name}.git && git init -q /srv/${name} && git -C /srv/${name} remote add origin /srv/${name}.git`,
      )
    await commitIn('inner', 'one')
    await host.sh('cd /srv/outer && git submodule -q add /srv/inner.git "sub module"')
    await commitIn('outer', 'first')
    const outer = (more = {}) =>
      gitCheckout({ repo: '/srv/outer.git', dest: '/srv/out', version: 'trunk', ...more })
    const inside = () => host.sh('cat "/srv/out/sub module/file" 2>/dev/null || echo none')

    await host.proves(outer())
    assert.is(await inside(), 'none\n')
    // a user works in it, and the version changes
    await host.sh('git -C /srv/out submodule -q update --init')
    await host.finds(outer())
    await commitIn('inner', 'two')
    await host.sh('git -C "/srv/outer/sub module" pull -q origin trunk')
    await commitIn('outer', 'second')
    await host.proves(outer())
    assert.is(await inside(), 'one\n')
    await host.finds(outer())

    const held = await host.proves(outer({ submodules: true }))
    assert.equal(held.changes, [{ what: 'submodule sub module of /srv/out', to: 'its commit' }])
    assert.is(await inside(), 'two\n')
    await commitIn('inner', 'three')
    await host.sh('git -C "/srv/outer/sub module" pull -q origin trunk')
    await commitIn('outer', 'third')
    await host.proves(outer({ submodules: true }))
    assert.is(await inside(), 'three\n')
    await host.finds(outer({ submodules: true, depth: 1 }))

    // changes in a submodule belong to a user, too
    await host.sh('echo mine >"/srv/out/sub module/file"')
    assert.match(await host.refuses(outer({ submodules: true })), 'files in /srv/out were changed')
    await host.finds(outer())
    await host.sh('cd "/srv/out/sub module" && git commit -qam mine')
    assert.match(await host.refuses(outer({ submodules: true })), 'has commits that')
    await host.proves(outer({ submodules: true, force: true }))
    assert.is(await inside(), 'three\n')
    await host.proves(gitCheckout({ repo: '/srv/outer.git', dest: '/srv/new', submodules: true, depth: 1 }))
  })

  test(`${host.name}: no program of the checkout runs: its hooks, its watcher`, async () => {
    const marks = '/srv/marks'
    const script = (path: string) =>
      `mkdir -p "$(dirname ${path})" && printf '#!/bin/sh\necho %s >>${marks}\n' "$(basename ${path})" >${path} && chmod +x ${path}`
    const names = ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-auto-gc']
    const target = '/srv/hooked'
    const hooked = (more = {}) => gitCheckout({ repo, dest: target, ...more })
    const ran = () => host.sh(`cat ${marks} 2>/dev/null; rm -f ${marks}`)
    // hooks of the template, of the checkout itself, of a folder in it, and the watcher
    for (const name of names) await host.sh(script(`/srv/template/hooks/${name}`))
    await host.sh('git config --global init.templateDir /srv/template')
    await host.proves(hooked({ version: 'v1' }))
    assert.is(await ran(), '')
    for (const name of names) await host.sh(script(`${target}/.githooks/${name}`))
    await host.sh(script(`${target}/.git/watch`))
    await host.sh(`git -C ${target} config core.fsmonitor .git/watch`)
    await host.proves(hooked({ version: 'trunk' }))
    assert.is(await ran(), '')
    await host.sh(`git -C ${target} config core.hooksPath .githooks; rm -f ${marks}`)
    await host.proves(hooked({ version: 'v1' }))
    assert.is(await ran(), '')
    // only on request
    await host.proves(hooked({ version: 'trunk', hooks: true }))
    assert.match(await ran(), 'post-checkout')
    await host.sh('git config --global --unset init.templateDir')
  })
}
