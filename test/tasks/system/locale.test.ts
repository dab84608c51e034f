import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { locale, withLocale } from '../../../tasks/system/locale.ts'
import { suite } from '../../support/spec.ts'

const test = suite('locale')

const debian = { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n' }
const source = { '/usr/share/i18n/locales/de_DE': 'LC_CTYPE\n' }

const host = (files: Record<string, string>, generator: 'locale-gen' | 'localedef') => {
  let all = 'C\nC.utf8\nPOSIX\n'
  const made = () => {
    all += 'de_DE.utf8\n'
    return ''
  }
  return {
    files,
    replies: {
      'locale -a': () => all,
      'command -v locale-gen': { code: generator === 'locale-gen' ? 0 : 127 },
      'locale-gen': made,
      'localedef -i de_DE -f UTF-8 de_DE.UTF-8': made,
    },
  }
}

test('Debian: the list is edited, the locale generated, the language saved', async () => {
  const files = { ...debian, ...source, '/etc/locale.gen': '# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8\n' }
  const run = await rehearse(locale({ name: 'de_DE.UTF-8' }), host(files, 'locale-gen'))
  assert.equal(run.commands.apply, ['locale-gen'])
  assert.is(run.files.get('/etc/locale.gen')?.content, '# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\n')
  assert.is(run.files.get('/etc/default/locale')?.content, 'LANG=de_DE.UTF-8\n')
})

test('Red Hat: localedef generates it, the other settings stay', async () => {
  const files = {
    ...source,
    '/etc/os-release': 'ID=fedora\n',
    '/etc/locale.conf': 'LANG="C.UTF-8"\nLC_TIME=C\n',
  }
  const run = await rehearse(locale({ name: 'de_DE.UTF-8' }), host(files, 'localedef'))
  assert.equal(run.commands.apply, ['localedef -i de_DE -f UTF-8 de_DE.UTF-8'])
  assert.is(run.files.get('/etc/locale.conf')?.content, 'LANG="de_DE.UTF-8"\nLC_TIME=C\n')
})

test('an up-to-date locale is ok, with and without quotes', async () => {
  const files = { ...debian, '/etc/default/locale': 'LANG="C.UTF-8"\n' }
  assert.is((await rehearse(locale({ name: 'C.UTF-8' }), host(files, 'localedef'))).outcome, 'ok')
  const only = await rehearse(locale({ name: 'POSIX', system: false }), host(debian, 'localedef'))
  assert.is(only.outcome, 'ok')
})

test('without its source it is unknown; a host without locales is an error', async () => {
  const none = await rehearse(locale({ name: 'fr_FR.UTF-8', system: false }), {
    ...host(debian, 'locale-gen'),
    patterns: [[/locale/, '']],
  })
  assert.is(none.predicted, 'unknown')
  const musl = await rehearse(locale({ name: 'C.UTF-8' }), {
    files: { '/etc/os-release': 'ID=alpine\n' },
    replies: { 'locale -a': { code: 127 } },
  })
  assert.match(String(musl.error), /its C library does not support locales/)
})

test('lines of locale.gen, and names', () => {
  assert.is(withLocale('', 'sr_RS.UTF-8@latin'), 'sr_RS.UTF-8@latin UTF-8\n')
  assert.is(withLocale('#  de_DE   ISO-8859-1  \n', 'de_DE'), 'de_DE   ISO-8859-1  \n')
  assert.throws(() => locale({ name: 'de DE' }), /must be a locale/)
})
