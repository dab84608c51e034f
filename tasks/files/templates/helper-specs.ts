/** The helpers that templates can call, and how. Pure. */

/** How a helper is called. */
export interface HelperSpec {
  /** A block, `{{#if …}}`; one of Handlebars with a value, `lookup`; or one of ours, with a value. */
  readonly kind: 'block' | 'inline' | 'value'
  /** The number of its values. */
  readonly least: number
  readonly most: number
  /** Its values in words. */
  readonly takes: string
  /** Whether its first value can be a variable that is not set. */
  readonly optional?: boolean
}

const block = (takes: string): HelperSpec => ({ kind: 'block', least: 1, most: 1, takes })
const value = (least: number, most: number, takes: string): HelperSpec => ({
  kind: 'value',
  least,
  most,
  takes,
})

/** `log` of Handlebars is not there: it prints on this machine, including secrets. */
export const helperSpecs: ReadonlyMap<string, HelperSpec> = new Map<string, HelperSpec>([
  ['if', block('one value')],
  ['unless', block('one value')],
  ['each', block('one value')],
  ['with', block('one value')],
  ['lookup', { kind: 'inline', least: 2, most: 2, takes: 'a list or map, and a key' }],
  ['join', value(2, 2, 'a list, and the text between its items')],
  ['default', { ...value(2, 2, 'a variable, and a value to use if it is not set or null'), optional: true }],
  ['indent', value(2, 2, 'text, and a number of blanks for each line but the first')],
  ['json', value(1, 2, 'a value, and optionally a number of blanks to indent by')],
  ['quote', value(1, 1, 'one text, which becomes one word of sh')],
  ['eq', value(2, 2, 'two values')],
  ['and', value(2, Infinity, 'two values or more')],
  ['or', value(2, Infinity, 'two values or more')],
  ['not', value(1, 1, 'one value')],
  ['sort', value(1, 2, 'a list, and optionally the key to sort maps by')],
  ['b64', value(1, 1, 'one text')],
  ['yaml', value(1, 1, 'one value')],
  ['comment', value(1, 2, 'text, and optionally what begins each line')],
  ['lower', value(1, 1, 'one text')],
  ['upper', value(1, 1, 'one text')],
  ['trim', value(1, 1, 'one text')],
  ['replace', value(3, 3, 'text, what to replace in it, and the text to put in its place')],
  [
    'regexReplace',
    value(3, 3, 'text, a regular expression, and the text to put in the place of its matches'),
  ],
  ['basename', value(1, 1, 'one path')],
  ['dirname', value(1, 1, 'one path')],
  ['length', value(1, 1, 'a list, map or text')],
  ['first', value(1, 1, 'a list')],
  ['last', value(1, 1, 'a list')],
  ['ne', value(2, 2, 'two values')],
  ['lt', value(2, 2, 'two numbers')],
  ['le', value(2, 2, 'two numbers')],
  ['gt', value(2, 2, 'two numbers')],
  ['ge', value(2, 2, 'two numbers')],
  ['in', value(2, 2, 'a value, and the list, map or text that can contain it')],
  ['version', value(3, 3, 'a version, one of < <= == != >= >, and another version')],
  ['choose', value(3, 3, 'a condition, the value if it is true, and the value if it is not')],
])

/** The helper of a playbook: it takes any number of values. */
export const ownHelper: HelperSpec = value(0, Infinity, 'any values')
