/** Masking of random secrets in all encodings of programs, split anywhere. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { Lines } from '../../engine/run/masking/lines.ts'
import { oneLine, printable } from '../../engine/report/text.ts'
import { folded } from '../../engine/run/masking/views.ts'
import { MaskedLines } from '../../engine/run/masking/masked-lines.ts'
import { mask } from '../../engine/secret.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { suite } from '../support/spec.ts'
import { knowing, shownOf } from './knowing.ts'
import {
  anyPlaces,
  anySecret,
  anyTelling,
  anyText,
  anyToken,
  certainInBase64,
  cut,
  tools,
  transformations,
  transformationsOfAscii,
  writings,
} from './secret-words.ts'

const test = suite('masking of random secrets')

for (const [what, write] of Object.entries(writings)) {
  test(`written as ${what}`, () => {
    fc.assert(
      fc.property(anySecret, anyText, anyText, anyPlaces, (secret, before, after, places) => {
        const redactor = knowing(secret)
        const written = write(secret)
        const core = write(secret.trim())
        const text = `${before}${written}${after}`
        for (const shown of [redactor.text(text), shownOf(redactor, cut(text, places)).join('\n')]) {
          assert.not.ok(shown.includes(core), shown)
          assert.not.ok(shown.includes(secret.trim()), shown)
        }
      }),
      propertyRuns(200),
    )
  })
}

const hidden = (secret: string, written: string, before: string, after: string, places: number[]): void => {
  const redactor = knowing(secret)
  const text = `${before} ${written}|${after}`
  for (const seen of [redactor.text(text), shownOf(redactor, cut(text, places)).join('\n')]) {
    assert.ok(
      seen.includes(mask),
      `${JSON.stringify(written)} of ${JSON.stringify(secret)}: ${JSON.stringify(seen)}`,
    )
    assert.not.ok(seen.includes(written), seen)
    // and reporters must not restore it
    const core = secret.trim()
    for (const last of [printable(seen), oneLine(seen)]) assert.not.ok(last.includes(core), last)
  }
}

for (const [what, write] of Object.entries(transformations)) {
  test(`after ${what}`, () => {
    fc.assert(
      fc.property(anySecret, anyText, anyText, anyPlaces, (secret, before, after, places) => {
        // surrounding text, and blanks at its ends, are not part of the secret
        if (/\p{Surrogate}/u.test(secret)) return
        // text that is erased after it was shown cannot be recognized
        hidden(secret.trim(), write(secret.trim()), before, after, what.includes('erased') ? [] : places)
      }),
      propertyRuns(40),
    )
  })
}

for (const [what, write] of Object.entries(transformationsOfAscii)) {
  test(`after ${what}`, () => {
    fc.assert(
      fc.property(anyToken, anyText, anyText, anyPlaces, (secret, before, after, places) => {
        hidden(secret, write(secret), before, after, places)
      }),
      propertyRuns(40),
    )
  })
}

test('a secret of three to six characters, in all encodings', () => {
  const anyShort = fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 3, maxLength: 6 }),
      fc.stringMatching(/^[a-z0-9@$!]{3,6}$/),
      fc.string({ unit: fc.constantFrom(...Array.from('парольäöü日本')), minLength: 3, maxLength: 6 }),
    )
    .filter((secret) => secret.trim() === secret && secret.length >= 3 && !/[*\p{Surrogate}\n]/u.test(secret))
  const written = /JSON|HTML|percent|colours|octal esc|hexadecimal esc/
  const ways = Object.entries(transformations).filter(([what]) => written.test(what) && !/base64/.test(what))
  fc.assert(
    fc.property(anyShort, fc.constantFrom(...ways), anyText, (secret, [what, write], before) => {
      const redactor = knowing(secret)
      // a letter after a backslash is one of the surrounding letters
      if (secret.endsWith('\\')) return
      const text = `${before} ${write(secret)}|`
      assert.ok(redactor.text(text).includes(mask), `${what}: ${JSON.stringify(text)}`)
    }),
    propertyRuns(1500),
  )
})

/** Runs of letters and digits of a text. */
const runsOf = (text: string): string[] => text.match(/[A-Za-z0-9+/=%]{6,}/g) ?? []

for (const [what, write] of Object.entries(tools)) {
  test(`after ${what}`, () => {
    fc.assert(
      fc.property(anyTelling, anyPlaces, (secret, places) => {
        const redactor = knowing(secret)
        const written = write(secret)
        const text = `before:\n${written}\nafter\n`
        // letters on separate lines are shown at once: the first of them cannot be recognized
        const cuts = what === 'grep -o .' ? [] : places
        for (const seen of [redactor.text(text), shownOf(redactor, cut(text, cuts)).join('\n')]) {
          assert.ok(seen.includes(mask), `${JSON.stringify(written)}: ${JSON.stringify(seen)}`)
          assert.not.ok(seen.includes(written.trim()), seen)
          // and no part of it
          if (!/base|xxd|hexdump|od/.test(what))
            for (const run of runsOf(written)) assert.not.ok(seen.includes(run), seen)
        }
      }),
      propertyRuns(40),
    )
  })
}

test('ordinary words are shown even if secrets have the same letters', () => {
  const redactor = knowing('pass-word', 'changeme', 'ab')
  const text = 'Password: Change me 20 26, PASSWORD 2-0-2-6 a b'
  assert.is(redactor.text(text), text)
})

/** Codes that terminals interpret, or that are removed because they look like one. */
const codes = [
  '\u001b[[31m',
  '\u001b123m',
  '\u001b?25h',
  '\u001b;31m',
  '\u001b;1;2m',
  '\u001b((B',
  '\u001b[>4;2m',
  '\u001b[38:5:1m',
  '\u001b#8',
  '\u009b[1m',
  '\u009b 31m',
  '\u009b ;;1A',
  '\u009b31m',
  '\u001b]8;;https://example.org\u001b\\',
  '\u001b]8;;https://example.org\u0007',
  `\u001b]0;${'t'.repeat(2000)}\u0007`,
  `\u001bP${'t'.repeat(2000)}\u001b\\`,
  `\u0090${'t'.repeat(2000)}\u009c`,
  '\u001b',
  '\u0007',
  '\u202e',
  '\u2067',
]

for (const code of codes) {
  test(`${JSON.stringify(code.slice(0, 12))} within a secret does not bring it back`, () => {
    const secret = 'Tr0ub4dor&3'
    const text = `A Tr0ub4dor${code}&3 B\nand Tr0u${code}b4dor&3\n`
    const redactor = knowing(secret)
    for (const seen of [redactor.text(text), shownOf(redactor, Array.from(text)).join('\n')])
      for (const last of [printable(seen), oneLine(seen)]) {
        assert.not.match(last, secret)
        // if the code is removed completely, the mask replaces the secret; otherwise its rest splits the secret
        assert.ok(last.includes(mask) || !printable(text).includes(secret), last)
      }
  })
}

test('masking ignores everything that reporters remove from text', () => {
  const part = fc.oneof(
    fc.constantFrom(...codes),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from('\u001b\u009b\u009d\u0090\u009c\u0007[]()#;?0123 m\\AhP<=>~\u0000\u202e'),
      ),
      maxLength: 8,
    }),
    fc.constantFrom('hunter2-and-more', 'hunter2', '-and-more', '\n'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), anyPlaces, (parts, places) => {
      const text = parts.join('')
      assert.is(folded(printable(text)), folded(text))
      const redactor = knowing('hunter2-and-more')
      for (const seen of [redactor.text(text), ...shownOf(redactor, cut(text, places))])
        assert.not.match(printable(seen), 'hunter2-and-more')
    }),
    propertyRuns(2000),
  )
})

test('a secret with control characters is masked without them', () => {
  for (const odd of ['hun\u001b[31mter2', 'hun\0ter2', 'hun\bter2', 'hun\rter2']) {
    const redactor = knowing(odd)
    assert.is(redactor.text(`<${odd}>`), `<${mask}>`)
    assert.is(redactor.text('<hunter2>'), `<${mask}>`)
  }
})

/** Whether two texts have four adjacent characters in common, which seven letters of base64 always contain. */
const sharesPart = (one: string, other: string): boolean =>
  Array.from({ length: Math.max(0, one.length - 3) }, (_, at) => one.slice(at, at + 4)).some((part) =>
    other.includes(part),
  )

test('within base64 with lines of any width', () => {
  fc.assert(
    fc.property(
      anySecret,
      fc.string({ maxLength: 20 }),
      fc.string({ maxLength: 20 }),
      fc.option(fc.integer({ min: 16, max: 80 })),
      fc.constantFrom('base64', 'base64url'),
      anyPlaces,
      (secret, before, after, width, encoding, places) => {
        const core = secret.trim()
        const plain = Buffer.from(`${before}${core}${after}`)
        const encoded = plain.toString(encoding === 'base64' ? 'base64' : 'base64url')
        const text = width === null ? encoded : encoded.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n')
        const certain = certainInBase64(core, Buffer.byteLength(before))
        const wanted = encoding === 'base64' ? certain : certain.replaceAll('+', '-').replaceAll('/', '_')
        const redactor = knowing(secret)
        // the text around the secret is shown, also where it is the same as a part of the secret
        const shared = sharesPart(before, core) || sharesPart(after, core)
        for (const shown of [redactor.text(text), shownOf(redactor, cut(text, places)).join('\n')]) {
          const letters = shown.replaceAll(/\s/g, '')
          assert.not.ok(letters.includes(wanted), shown)
          // a line break leaves fewer than seven letters at an edge
          for (const part of shared || wanted.length < 12 ? [] : letters.split('*')) {
            for (let at = 0; at + 7 <= part.length; at += 1)
              assert.not.ok(wanted.includes(part.slice(at, at + 7)), `${part} of ${wanted} in ${shown}`)
          }
        }
      },
    ),
    propertyRuns(600),
  )
})

/** Adjacent secrets can be replaced by one mask or by one each, depending on where the stream was split. */
const maskPattern = mask.replaceAll('*', String.raw`\*`)
const severalMasks = new RegExp(`${maskPattern}(?:\\s*${maskPattern})+`, 'g')
const masksAsOne = (lines: readonly string[]): string => lines.join('\n').replaceAll(severalMasks, mask)

test('text that goes on within a line does not begin with the address of a dump', () => {
  const redactor = knowing('5a2632')
  const text = 'r5a2632 and 5a2632'
  for (let at = 0; at <= text.length; at += 1)
    assert.equal(shownOf(redactor, [text.slice(0, at), text.slice(at)]), [`r${mask} and ${mask}`], String(at))
  // a line of its own is one
  assert.equal(shownOf(redactor, ['r\n', '5a2632 and 5a2632']), ['r', mask])
})

test('a stream is masked in the same way wherever it is split', () => {
  fc.assert(
    fc.property(
      fc.array(anySecret, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), anyText), { maxLength: 6 }),
      anyPlaces,
      (secrets, parts, places) => {
        const text = parts
          .map(([which, size, around]) => {
            const secret = secrets[which % secrets.length] ?? ''
            // complete, or only its beginning
            return `${around}${size % 3 === 0 ? secret.slice(0, size % secret.length) : secret}`
          })
          .join('')
        const redactor = knowing(...secrets)
        const lines: string[] = []
        const plain = new Lines((line) => lines.push(line))
        plain.push(redactor.text(text))
        plain.end()
        assert.is(masksAsOne(shownOf(redactor, cut(text, places))), masksAsOne(lines))
      },
    ),
    propertyRuns(600),
  )
})

test('adjacent digits are masked separately', () => {
  const redactor = knowing('027bbb')
  assert.is(redactor.text('027bbb027bbb'), `${mask}${mask}`)
  assert.equal(shownOf(redactor, ['027bbb027bbb']), [`${mask}${mask}`])
})

test('overlapping secrets, and secrets with the same beginning, are masked completely', () => {
  assert.is(knowing('abcdef', 'defghi').text('<abcdefghi>'), '<********>')
  assert.equal(shownOf(knowing('abc', 'abcdef'), ['<abc', 'def>\n']), ['<********>'])
  assert.equal(shownOf(knowing('abc', 'abcdef'), ['<abc', 'xyz>\n']), ['<********xyz>'])
})

test('a secret of short lines is masked if its lines are adjacent', () => {
  assert.equal(shownOf(knowing('one\ntwo\nsix'), ['one\n', 'tw', 'o\nsix\n', 'two\n']), ['********', 'two'])
})

test('only text that could be a secret is held back', () => {
  const lines: string[] = []
  const masked = new MaskedLines(knowing('hunter2-and-more'), (line) => lines.push(line))
  masked.push('a line\nthe hunter2-and')
  assert.equal(lines, ['a line'])
  masked.push('-less\n')
  assert.equal(lines, ['a line', 'the hunter2-and-less'])
})
