/** Names in a template beyond its variables: partials, data variables such as `@index`, and enclosing blocks. */
import * as assert from 'uvu/assert'
import { renderTemplate } from '../../../tasks/files/templates/render.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('scopes of templates')

const values = { port: 80, on: true, none: [], pairs: [['a', 'b']], names: ['x', 'y'], db: { host: 'db1' } }

const page = '{{#*inline "page"}}<{{> @partial-block this}}>{{/inline}}'
const slot = '{{#*inline "page"}}<{{#> body}}usual{{/body}}>{{/inline}}'

const texts: readonly (readonly [string, string])[] = [
  [`${page}{{#> page this}}{{port}}{{/page}}`, '<80>'],
  [`${slot}{{#with db}}{{#*inline "body"}}own{{/inline}}{{> page}}{{/with}}{{> page}}`, '<own><usual>'],
  ['{{#*inline "p"}}({{#if @partial-block}}with{{/if}}){{/inline}}{{> p}}{{#> p}}x{{/p}}', '()(with)'],
  ['{{#each names}}{{> p}}{{/each}}{{#*inline "p"}}{{@index}}{{/inline}}', '01'],
  ['{{#each pairs}}{{#each this}}{{@../index}}{{@index}}{{#if @last}};{{/if}}{{/each}}{{/each}}', '0001;'],
  ['{{#each names}}{{#with ../db}}{{host}}{{@index}}{{/with}}{{/each}}', 'db10db11'],
  ['{{#names}}{{@index}}{{#if @last}};{{/if}}{{/names}}', '01;'],
  ['{{#with db}}{{#if ..}}{{../port}}{{/if}}{{#with ..}}{{port}}{{/with}}{{/with}}', '8080'],
  ['{{#each names}}{{#each ../names}}{{@../index}}{{@root.port}} {{/each}}{{/each}}', '080 080 180 180 '],
  ['{{#with db}}{{#if @root}}{{@root.port}}{{/if}}{{/with}}', '80'],
]
for (const [text, wanted] of texts) {
  test(`renders ${JSON.stringify(text)}`, () => assert.is(renderTemplate(text, values, 'x.hbs'), wanted))
}

const refused: readonly (readonly [string, string, string, string?])[] = [
  ['a\n {{#> part}}block{{/part}}', 'names a partial that the template does not define: part', '2:2'],
  ['{{> part}}', 'names a partial that the template does not define: part', '1:1'],
  [
    '{{#*inline "footer"}}x{{/inline}}\n{{#> foter}}y{{/foter}}',
    'does not define: foter',
    '2:1',
    'did you mean footer?',
  ],
  ['{{#*inline "footer"}}x{{/inline}}{{> foter}}', 'does not define: foter', '1:34', 'did you mean footer?'],
  ['{{#> p}}{{#*inline "p"}}in{{/inline}}{{/p}}', 'does not define: p', '1:1'],
  ['{{#if on}}{{#*inline "p"}}in{{/inline}}{{/if}}\n{{> p}}', 'p, which is not defined here', '2:1'],
  ['{{#> @partial-block}}x{{/@partial-block}}', '@partial-block', '1:1'],
  ['{{> @partial-block}}', '@partial-block', '1:1'],
  [`${page}\n{{> page}}`, 'calls the partial @partial-block, which', '1:21'],
  ['{{#if @partial-block}}x{{/if}}', '@partial-block', '1:7'],
  ['x{{* deco}}', 'deco', '1:2'],
  ['{{#*inlin "p"}}x{{/inlin}}', 'inlin', '1:1', 'write {{#*inline "name"}} … {{/inline}}'],
  ['{{#*inline}}x{{/inline}}', 'defines a partial without a name', '1:1'],
  ['{{#if @first}}a{{else}}b{{/if}}', '@first', '1:7'],
  ['{{#unless @last}},{{/unless}}', '@last', '1:11'],
  ['{{@index}}', '@index', '1:3'],
  ['{{#with db}}{{@key}}{{/with}}', '@key', '1:15'],
  ['{{#each names}}x{{/each}}{{#if @index}}y{{/if}}', '@index', '1:32'],
  ['{{#each none}}x{{else}}{{#if @index}}y{{/if}}{{/each}}', '@index', '1:30'],
  ['{{#each names}}{{#if @../first}}x{{/if}}{{/each}}', '@../first', '1:22'],
  ['{{#each names}}{{#with ../db}}{{@../index}}{{/with}}{{/each}}', '@../index', '1:33'],
  ['{{#db}}{{#if @index}}x{{/if}}{{/db}}', '@index', '1:14'],
  ['{{#if @../root}}x{{/if}}', '@../root', '1:7'],
  ['{{lookup db @index}}', '@index', '1:13'],
  ['{{#if ..}}x{{/if}}', 'refers to an enclosing block that does not exist: ..', '1:7'],
  ['{{#with db}}{{#if ../..}}x{{/if}}{{/with}}', '../..', '1:19'],
  ['{{#each ..}}x{{else}}y{{/each}}', '..', '1:9'],
  ['{{#with ../..}}x{{else}}y{{/with}}', '../..', '1:9'],
  ['{{lookup db "hots"}}', 'not set: lookup db "hots"', '1:1', 'did you mean host?'],
  ['{{lookup names 7}}', 'not set: lookup names 7', '1:1'],
  ['{{#if (lookup db "hots")}}a{{/if}}', 'not set: lookup db "hots"', '1:7', 'did you mean host?'],
  ['a\n{{#each (lookup db "names")}}a{{/each}}', 'not set: lookup db "names"', '2:9'],
  ['{{#with (lookup db "names")}}a{{/with}}', 'not set: lookup db "names"', '1:9'],
  ['{{#unless (lookup names 2)}}a{{/unless}}', 'not set: lookup names 2', '1:11'],
  [
    '{{#if (eq (lookup db "hots") "db1")}}a{{/if}}',
    'not set: lookup db "hots"',
    '1:11',
    'did you mean host?',
  ],
  ['{{lookup (lookup db "hots") "a"}}', 'not set: lookup db "hots"', '1:10', 'did you mean host?'],
  ['{{lookup db "constructor"}}', 'not set: lookup db "constructor"', '1:1'],
]
for (const [text, message, place, hint] of refused) {
  test(`refuses ${JSON.stringify(text)}`, async () => {
    const error = await rejects(() => renderTemplate(text, values, 'x.hbs'), 'template-invalid', message)
    assert.is([error.place?.line, error.place?.column].join(':'), place, error.message)
    if (hint !== undefined) assert.is(error.hint, hint)
  })
}
