import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { tomlValue, withTomlValue } from '../../../tasks/kubernetes/containerd/toml.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { suite } from '../../support/spec.ts'

const test = suite("edits of containerd's configuration")

const text = `# first
version = 2 # of the file
imports = [
  "/etc/a.toml", # ["x"]
]
[plugins."a.b".'c d']
\tkey = 'one' # it's kept
  text = """
[plugins.e]
key = "not this"
"""
[[lists]]
key = 1
[plugins.e] # a comment
`

test('values are found in their tables, and nowhere else', () => {
  assert.is(tomlValue(text, [], 'version')?.written, '2')
  assert.equal(tomlValue(text, [], 'imports')?.texts, ['/etc/a.toml', 'x'])
  assert.equal(tomlValue(text, ['plugins', 'a.b', 'c d'], 'key')?.texts, ['one'])
  assert.is(tomlValue(text, ['plugins', 'e'], 'key'), undefined)
  assert.is(tomlValue(text, ['lists'], 'key'), undefined)
})

test('a value is replaced, and what is beside it stays', () => {
  assert.is(withTomlValue(text, ['plugins', 'a.b', 'c d'], 'key', 'two'), text.replace("'one'", '"two"'))
  assert.is(
    withTomlValue(text, [], 'imports', []),
    text.replace(/\[\n {2}"\/etc\/a.toml", # \["x"\]\n\]/, '[]'),
  )
})

test('a key comes into its table, or with a new table to the end', () => {
  assert.is(withTomlValue(text, ['plugins', 'e'], 'key', true), `${text}  key = true\n`)
  assert.is(withTomlValue('[a]\nb = 1', ['a'], 'c', true), '[a]\nc = true\nb = 1')
  assert.is(withTomlValue('[a]', ['a'], 'c', true), '[a]\n  c = true\n')
  assert.is(withTomlValue('', ['a.b', 'c'], 'd', 1), '["a.b".c]\n  d = 1\n')
  assert.is(withTomlValue('a = 1', ['b'], 'c', 1), 'a = 1\n\n[b]\n  c = 1\n')
  assert.is(withTomlValue('[b]\n', [], 'a', 1), 'a = 1\n[b]\n')
})

test('whatever a file contains, it is read without an error, and a value that is set is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (more) => {
      tomlValue(more, ['a'], 'b')
      // a text that does not end would take in what is after it
      const comment = `# ${more.replaceAll(/[\r\n]/g, ' ')}\n`
      const next = withTomlValue(`${text}${comment}`, ['plugins', 'e'], 'key', 'set')
      assert.equal(tomlValue(next, ['plugins', 'e'], 'key')?.texts, ['set'])
      assert.ok(next.endsWith(comment))
    }),
    propertyRuns(300),
  )
})
