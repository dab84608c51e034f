import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { withRepository } from '../../../tasks/system/package-managers/apk-repositories.ts'
import { packageRepository } from '../../../tasks/system/package-repository.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-repository')

const pgp = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----'
const rsa = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n'

const host = (id: string, fetch: RegExp, reply: Reply = '', files: Record<string, string> = {}): World => ({
  files: { '/etc/os-release': `ID=${id}\n`, ...files },
  patterns: [[fetch, reply]],
})
const debian = (reply?: Reply, files?: Record<string, string>): World =>
  host('debian', /^apt-get update -q /, reply, files)

const content = (run: Awaited<ReturnType<typeof rehearse>>, path: string): string | undefined =>
  run.files.get(path)?.content.toString()

const docker = { name: 'docker', url: 'https://example.com/debian', suites: 'bookworm', components: 'stable' }
const sources = '/etc/apt/sources.list.d/docker.sources'
const keyring = '/etc/apt/keyrings/docker.asc'

test('apt: a file and a key of its own, and only its own lists are read', async () => {
  const run = await rehearse(packageRepository({ ...docker, key: pgp }), debian())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    content(run, sources),
    `Types: deb\nURIs: https://example.com/debian\nSuites: bookworm\nComponents: stable\nSigned-By: ${keyring}\n`,
  )
  assert.is(content(run, keyring), `${pgp}\n`)
  assert.equal(run.commands.apply, [
    `apt-get update -q -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=${sources} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`,
  ])
})

test('apt: several suites, a folder, an unsigned repository, and more fields', async () => {
  const text = async (given: object): Promise<string | undefined> =>
    content(await rehearse(packageRepository({ ...docker, ...given }), debian()), sources)
  const many = await text({ suites: 'a,b', components: [], options: { Architectures: 'amd64' } })
  assert.is(
    many,
    'Types: deb\nURIs: https://example.com/debian\nSuites: a b\nComponents: main\nArchitectures: amd64\n',
  )
  const folder = await text({ suites: './', unsigned: true })
  assert.is(folder, 'Types: deb\nURIs: https://example.com/debian\nSuites: ./\nTrusted: yes\n')
})

test('an unreadable repository is removed: the old files are restored', async () => {
  const before = { [sources]: 'Types: deb\nURIs: https://example.com/old\nSuites: ./\n' }
  const failing = debian({ code: 100, stderr: 'E: NO_PUBKEY 1234' }, before)
  const run = await rehearse(packageRepository({ ...docker, key: pgp }), failing)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the repository docker cannot be read, and was removed again')
  assert.match(isCoxswainError(run.error) ? (run.error.output ?? '') : '', 'NO_PUBKEY 1234')
  assert.is(content(run, sources), before[sources])
  assert.is(content(run, keyring), undefined)
})

test('a new key replaces the old one, and the key is removed with its repository', async () => {
  const first = await rehearse(packageRepository({ ...docker, key: pgp }), debian())
  const there = { [sources]: content(first, sources) ?? '', [keyring]: `${pgp}\n` }
  assert.is((await rehearse(packageRepository({ ...docker, key: pgp }), debian('', there))).outcome, 'ok')
  const other = await rehearse(
    packageRepository({ ...docker, key: pgp.replace('mDME', 'mDMF') }),
    debian('', there),
  )
  assert.equal(
    other.changes.map(({ what }) => what),
    [keyring],
  )
  const gone = await rehearse(packageRepository({ name: 'docker', state: 'absent' }), debian('', there))
  assert.equal([gone.outcome, gone.commands.apply], ['changed', []])
  assert.equal([content(gone, sources), content(gone, keyring)], [undefined, undefined])
})

test('apt requires suites, and each family its own key format', async () => {
  const said = async (given: Parameters<typeof packageRepository>[0], world: World) => {
    const run = await rehearse(packageRepository(given), world)
    assert.is(run.outcome, 'failed')
    return String(run.error)
  }
  assert.match(
    await said({ name: 'a', url: 'http://a' }, debian()),
    'needs suites, because this host uses apt',
  )
  assert.match(
    await said({ ...docker, key: rsa }, debian()),
    'the key of the repository docker has the wrong format',
  )
  const alpine = host('alpine', /^apk update/)
  assert.match(await said({ name: 'a', url: 'http://a', key: pgp }, alpine), 'has the wrong format')
  assert.match(
    await said({ name: 'a', url: 'http://a', unsigned: true }, alpine),
    'apk refuses unsigned repositories',
  )
})

test('dnf: a section, its key, and only its own lists', async () => {
  const world = host(
    'fedora',
    /^dnf makecache --refresh --repo ours --setopt=ours.skip_if_unavailable=False$/,
  )
  const given = {
    name: 'ours',
    url: 'https://example.com/$releasever',
    key: pgp,
    options: { priority: '10' },
  }
  const run = await rehearse(packageRepository(given), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    content(run, '/etc/yum.repos.d/ours.repo'),
    '[ours]\nname=ours\nbaseurl=https://example.com/$releasever\nenabled=1\ngpgcheck=1\n' +
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-ours\npriority=10\n',
  )
  assert.is(content(run, '/etc/pki/rpm-gpg/RPM-GPG-KEY-ours'), `${pgp}\n`)
  const loose = await rehearse(packageRepository({ name: 'ours', url: 'http://a', unsigned: true }), world)
  assert.match(content(loose, '/etc/yum.repos.d/ours.repo') ?? '', /\ngpgcheck=0\n/)
})

test('apk: a line below a mark, and a key with the name that its owner gave it', async () => {
  const list = '/etc/apk/repositories'
  const main = 'https://example.com/v3.20/main\n'
  const world = host('alpine', /^apk update --no-progress --wait 600$/, '', { [list]: main })
  const given = {
    name: 'ours',
    url: 'https://example.com/ours',
    key: rsa,
    keyName: 'me@example.com-1.rsa.pub',
  }
  const run = await rehearse(packageRepository(given), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(content(run, list), `${main}# ours, by coxswain\nhttps://example.com/ours\n`)
  assert.is(content(run, '/etc/apk/keys/me@example.com-1.rsa.pub'), rsa)
  const there = host('alpine', /^apk/, '', { [list]: content(run, list) ?? '' })
  const gone = await rehearse(packageRepository({ name: 'ours', state: 'absent' }), there)
  assert.is(content(gone, list), main)
})

test("apk's list: another URL replaces the old one, and an existing line stays", () => {
  const text = 'http://main\n# ours, by coxswain\nhttp://old\nhttp://last\n'
  assert.is(withRepository(text, 'ours', 'http://new'), text.replace('old', 'new'))
  assert.is(withRepository(text, 'ours', undefined), 'http://main\nhttp://last\n')
  assert.is(withRepository(text, 'other', 'http://last'), text)
  assert.is(withRepository(text, 'other', undefined), text)
  assert.is(withRepository(undefined, 'ours', 'http://a'), '# ours, by coxswain\nhttp://a\n')
})

test('values that could add lines to the file are refused', async () => {
  const refuse = (given: object, what: RegExp): Promise<unknown> =>
    rejects(async () => packageRepository.from({ ...docker, ...given }), 'params-invalid', what)
  await refuse({ name: '../x' }, /name: must have letters/)
  await refuse({ url: 'http://a\nTrusted: yes' }, /url: must be a URL/)
  await refuse({ suites: ['a\nTrusted: yes'] }, /suites/)
  await refuse({ components: ['a b'] }, /components/)
  await refuse({ options: { 'a\nTrusted': 'yes' } }, /options/)
  await refuse({ options: { A: 'b\nTrusted: yes' } }, /options/)
  await refuse({ key: 'mDME' }, /key: must be a public key as text/)
  await refuse({ key: pgp, unsigned: true }, /key and unsigned exclude each other/)
  await refuse({ url: undefined }, /url: url is required/)
})
