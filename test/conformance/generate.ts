/** Generated inventories of every kind that Ansible reads. */
import fc from 'fast-check'

/** The files of an inventory, by path. */
export type Files = Readonly<Record<string, string>>

/** An inventory to compare. */
export interface Case {
  readonly files: Files
  /** Paths of the given files or folders. */
  readonly sources: readonly string[]
  readonly patterns: readonly string[]
}

const hostNames = ['h1', 'h2', 'h3', 'h4', 'web-1', 'db.example', '192.0.2.7']
/** In an order without cycles: a group contains only later ones. */
const groupNames = ['g1', 'g2', 'g3', '1web', 'my-group', 'twin', 'g4']
const variableNames = ['a', 'b', 'c', 'deep_one']

/** Unquoted YAML scalars of all kinds that its versions read differently. */
const plainScalars = [
  ['no', 'off', 'yes', 'on', 'No', 'OFF', 'true', 'False', 'y', 'n', 'null', '~', ''],
  ['0644', '0o17', '0989', '08', '1_000', '1__0', '0b101', '0x1F', '-0x1f', '+1', '-0', '00', '010', '0_7'],
  ['1e3', '1.5e3', '1.5e+3', '1.5E-3', '.5', '-.5', '1.', '1.30', '-1.5', '+.5', '1_0.5', '6.02e23', '.5e-1'],
  ['.inf', '-.inf', '.nan', '.Inf', '.NaN', '+.inf', '-.nan'],
  ['22:22', '1:2:3', '22:60', '0:30', '190:20:30.15', '-1:30', '+1:30', '01:30'],
  ['2024-01-02', '2024-1-2', '2024-01-02 03:04:05', '2024-01-02T03:04:05Z', '2024-01-02t03:04:05.5+02:00'],
  ['9007199254740993', '123456789012345678901', '-9007199254740993', '0x1FFFFFFFFFFFFFFFF'],
  [
    '1.2.3',
    '192.0.2.1',
    'v1',
    'plain text',
    'a:b',
    "it's",
    '1,000',
    '0.0',
    '-',
    'nULL',
    'tRUE',
    '1e',
    '0x',
    '0b2',
  ],
].flat()

const quotedScalars = [
  '"no"',
  "'0644'",
  '"1e3"',
  '"{{ x }}"',
  "'it''s'",
  '"two\\nlines"',
  '!!str 0644',
  '!unsafe "{{ x }}"',
  '!!int "7"',
  '!!float 1',
  '!unsafe no',
  '!!str no',
  '!!str',
  '!!int 010',
  '!!float "1e3"',
  '!!bool "no"',
  '!!null text',
  // a larger set does not have an order in Python
  '!!set {a}',
  '!!set {}',
  '!!omap [b: 1, a: 0644]',
  '!!pairs [a: 1, a: no]',
  '! no',
]

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...plainScalars.filter((text) => text !== '-')) },
  { weight: 1, arbitrary: fc.constantFrom(...quotedScalars) },
  { weight: 1, arbitrary: fc.nat(99_999_999).map(String) },
  {
    weight: 1,
    arbitrary: fc
      .stringMatching(/^[-+]?[0-9._:eExob]{1,7}$/)
      .filter((text) => !/^[-.:]$|^-{2}|:$|^:|^[-+.:_]*$|[box]_*$/.test(text)),
  },
)

/** A value in YAML: its lines, the first of which comes after the colon. */
type Yaml = readonly string[]
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

const mapOf = (entries: readonly (readonly [string, Yaml])[]): string[] =>
  entries.flatMap(([key, [first = '', ...rest]]) => [
    `${key}:${first === '' ? '' : ` ${first}`}`,
    ...indented(rest),
  ])

const value: fc.Arbitrary<Yaml> = fc.oneof(
  { weight: 6, arbitrary: scalar.map((text) => [text]) },
  {
    weight: 1,
    arbitrary: fc
      .array(scalar, { minLength: 1, maxLength: 3 })
      .map((items) => ['', ...items.map((item) => `- ${item}`)]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('|', '|-', '>', '>-', '|+', '"', "'", 'plain'),
        fc.constantFrom('no', '0644', 'a # b', '{{ x }}', 'a: b'),
      )
      .map(([mark, text]) => {
        if (mark === 'plain') return ['first', 'no', 'last']
        return /["']/.test(mark)
          ? [`${mark}first`, '', `  ${text}${mark}`]
          : [mark, text, '  deeper', '', 'last']
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.tuple(fc.constantFrom('k', 'l', 'm', '1', '8080', '"010"', '"no"', "'~'"), scalar), {
        minLength: 1,
        selector: ([key]) => key,
      })
      .map((pairs) => ['', ...mapOf(pairs.map(([key, text]) => [key, [text]] as const))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('{k: 1}', '[{k: no}, {k: 2, l: 3}]', '[]', '{"1": a}', '{<<: {k: 0644}, m: 1}'),
        fc.constantFrom('k', 'l', '1'),
        fc.boolean(),
      )
      .map(([merged, key, first]) => [
        '',
        ...(first ? [`<<: ${merged}`, `${key}: own`] : [`${key}: own`, `<<: ${merged}`]),
      ]),
  },
)

const variables: fc.Arbitrary<(readonly [string, Yaml])[]> = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...variableNames), value),
  { maxLength: 2, selector: ([key]) => key },
)

const section = (name: string, entries: readonly (readonly [string, Yaml])[]): readonly [string, Yaml] => [
  name,
  entries.length === 0 ? [''] : ['', ...mapOf(entries)],
]

const hostWords = [
  ...hostNames,
  'h2:2222',
  'h3:2223',
  'r[1:3]',
  'p[01:03]',
  'x-[a:c]',
  'h1:22',
  's[1:5:2]',
  '[fe80::1]:22',
]
const quoteKey = (key: string): string => (/^[\w.-]+$/.test(key) ? key : `"${key}"`)

/** Also a host with the name of a group. It is always in a group: Ansible loses it otherwise. */
const groupedWords = [...hostWords, 'twin', 'twin:2222']

const yamlHosts = (words: readonly string[]) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...words), variables), { maxLength: 4, selector: ([key]) => key })
    .map((hosts) => hosts.map(([word, vars]) => section(quoteKey(word), vars)))

/** Keys that no group has. */
const unknownSection: fc.Arbitrary<readonly [string, Yaml]> = fc.constantFrom(
  ['hots', ['', 'h1:']] as const,
  ['more', ['1']] as const,
  ['h1', ['']] as const,
  ['Hosts', ['{ h2: }']] as const,
)

/** A group in YAML: its sections in any order. Children are later groups, up to a depth of three. */
const yamlGroup = (from: number, depth: number): fc.Arbitrary<Yaml> => {
  const later = groupNames.slice(from)
  const children: fc.Arbitrary<(readonly [string, Yaml])[]> =
    depth === 0 || later.length === 0
      ? fc.constant([])
      : fc
          .uniqueArray(fc.nat(later.length - 1), { maxLength: 3 })
          .chain((indices) =>
            fc.tuple(
              ...indices.map((index) =>
                fc
                  .option(yamlGroup(from + index + 1, depth - 1), { nil: [''] as Yaml })
                  .map((group) => [quoteKey(later[index] ?? ''), group] as const),
              ),
            ),
          )
  const word = fc.constantFrom(...hostNames)
  const hosts = fc.oneof(
    {
      weight: 8,
      arbitrary: yamlHosts(from === 0 || from === 99 ? hostWords : groupedWords).map((entries) =>
        section('hosts', entries),
      ),
    },
    { weight: 1, arbitrary: word.map((name) => ['hosts', [name]] as const) },
  )
  return fc
    .tuple(hosts, children, variables)
    .map(([some, below, vars]) => [some, section('children', below), section('vars', vars)])
    .chain((sections) => fc.tuple(fc.shuffledSubarray(sections), fc.option(unknownSection, { freq: 12 })))
    .map(([sections, unknown]) => (unknown === null ? sections : [...sections, unknown]))
    .map((sections) => (sections.length === 0 ? [''] : ['', ...mapOf(sections)]))
}

const yamlFile: fc.Arbitrary<string> = fc
  .uniqueArray(
    fc.constantFrom(
      ...groupNames.map((name, index) => [name, index + 1] as const),
      ['all', 0] as const,
      ['ungrouped', 99] as const,
    ),
    { minLength: 1, maxLength: 4, selector: ([name]) => name },
  )
  .chain((tops) =>
    fc.tuple(
      ...tops.map(([name, from]) => yamlGroup(from, 2).map((group) => [quoteKey(name), group] as const)),
    ),
  )
  .map((groups) => `${mapOf(groups).join('\n')}\n`)

const iniValues = [
  [
    'no',
    'True',
    'true',
    'None',
    '0644',
    '1_000',
    '0x1F',
    '0o17',
    '0b11',
    '1e3',
    '1.30',
    '+1',
    '-1',
    '- 1',
    '.5',
    '1.',
    '00',
    '007',
  ],
  [
    '[1,2]',
    "['a','b']",
    '(1,)',
    '{"k":1}',
    '1,2',
    '"two words"',
    "'0644'",
    '22:22',
    '9007199254740993',
    'x=y',
    'a\\ b',
    '{{x}}',
    '[1',
    "{'k':[True,None]}",
    'set()',
    "{'a'}",
    '{1:2}',
    '{None:0x1F}',
    '{0x1F:1}',
    '()',
    '1e1_0',
    '1e-3',
    '"a#b"',
    "'a # b'",
    '"#"',
    'b"x"',
    "r'\\n'",
    "'a''b'",
    '(1)',
    '-0x1F',
    '0X1f',
  ],
].flat()
const iniPair = fc
  .tuple(fc.constantFrom(...variableNames), fc.constantFrom(...iniValues))
  .map(([name, text]) => `${name}=${text}`)

const iniHost = (words: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...words), fc.array(iniPair, { maxLength: 2 }), fc.constantFrom('', ' # note'))
    .map(([word, pairs, note]) => `${[word, ...pairs].join(' ')}${note}`)

const iniSection: fc.Arbitrary<string[]> = fc.nat(groupNames.length - 1).chain((index) => {
  const name = groupNames[index] ?? ''
  const later = groupNames.slice(index + 1)
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(iniHost(groupedWords), { maxLength: 4 }).map((lines) => [`[${name}]`, ...lines]),
    },
    {
      weight: 2,
      arbitrary: fc
        .shuffledSubarray(later, { maxLength: Math.min(3, later.length) })
        .map((children) => [`[${name}:children]`, ...children]),
    },
    {
      weight: 1,
      arbitrary: fc.array(iniPair, { maxLength: 2 }).map((lines) => [`[${name}:vars]`, ...lines]),
    },
    {
      weight: 1,
      arbitrary: fc.array(iniHost(hostWords), { maxLength: 2 }).map((lines) => ['[ungrouped]', ...lines]),
    },
    {
      weight: 1,
      arbitrary: fc
        .shuffledSubarray(groupNames, { maxLength: 3 })
        .map((children) => ['[all:children]', ...children]),
    },
  )
})

/** INI: hosts before any heading, sections in any order, and every named group declared. */
const iniFile: fc.Arbitrary<string> = fc
  .tuple(fc.array(iniHost(hostWords), { maxLength: 3 }), fc.array(iniSection, { maxLength: 6 }))
  .map(([alone, sections]) => {
    const lines = [...alone, ...sections.flat()]
    const named = groupNames.filter((name) => lines.includes(name) || lines.includes(`[${name}:vars]`))
    const declared = (name: string): boolean =>
      lines.includes(`[${name}]`) || lines.includes(`[${name}:children]`)
    return `${[...lines, ...named.filter((name) => !declared(name)).map((name) => `[${name}]`)].join('\n')}\n`
  })

const oneTerm = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'all',
      'ungrouped',
      ...groupNames.filter((name) => name !== '1web'),
      ...hostNames,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '*',
      'g*',
      'h?',
      '[gh]1',
      '~h[12]',
      '~g',
      'my*',
      '*.example',
      '~.*',
      'h[!1]',
      'g[12]',
      '1w*',
    ),
  },
)
const term = fc
  .tuple(oneTerm, fc.constantFrom('', '', '', '[0]', '[-1]', '[1]', '[1:]', '[0:1]', '[1:2]', '[0:0]'))
  .map(([name, subscript]) => (name.startsWith('~') ? name : `${name}${subscript}`))
const pattern = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom('', '', '&', '!'), term), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(',', ':'),
  )
  .map(([terms, separator]) => terms.map(([sign, name]) => `${sign}${name}`).join(separator))

/** Also with a priority, which comes too late there. */
const variablesFile = fc
  .tuple(variables, fc.option(fc.constant('ansible_group_priority: 7\n'), { freq: 8, nil: '' }))
  .map(([entries, priority]) => {
    const lines = mapOf(entries).map((line) => `${line}\n`)
    return lines.length === 0 && priority === '' ? '{}\n' : `${lines.join('')}${priority}`
  })

/** Files beside the inventory: group_vars and host_vars. */
const beside: fc.Arbitrary<Files> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(
        'group_vars/all.yml',
        'group_vars/all.yaml',
        'group_vars/all/one.yml',
        'group_vars/g1.yml',
        'group_vars/g1.yaml',
        'group_vars/g2/two.yml',
        'host_vars/h1.yaml',
        'group_vars/g1',
        'group_vars/g2.yaml',
        'group_vars/my-group/a.yml',
        'group_vars/my-group/b',
        'host_vars/h1.yml',
        'host_vars/db.example',
        'host_vars/h2/x.yml',
        'group_vars/1web.json',
        'group_vars/ungrouped.yml',
      ),
      variablesFile,
    ),
    { maxLength: 3, selector: ([name]) => name },
  )
  .map((files) =>
    Object.fromEntries(
      files.map(([name, text]) => [
        name,
        name.endsWith('.json') ? '{"a": 1e3, "b": [1.50, "no", true]}' : text,
      ]),
    ),
  )

const sources: fc.Arbitrary<Pick<Case, 'files' | 'sources'>> = fc.oneof(
  yamlFile.map((text) => ({ files: { 'hosts.yml': text }, sources: ['hosts.yml'] })),
  iniFile.map((text) => ({ files: { hosts: text }, sources: ['hosts'] })),
  fc
    .tuple(yamlFile, iniFile)
    .chain(([yaml, ini]) => fc.constantFrom({ one: yaml, two: ini }, { one: ini, two: yaml }))
    .map(({ one, two }) => ({ files: { 'inv/one': one, 'inv/two': two }, sources: ['inv'] })),
  fc
    .shuffledSubarray(['h1', 'h2:2222', 'h3', '192.0.2.7', '[fe80::1]:22'], { minLength: 1 })
    .map((words) => ({ files: {}, sources: [`${words.join(',')},`] })),
  fc
    .tuple(iniFile, iniFile)
    .map(([one, two]) => ({ files: { 'one.ini': one, 'two.ini': two }, sources: ['one.ini', 'two.ini'] })),
)

/** Inventories with their additional files, and patterns. */
export const cases: fc.Arbitrary<Case> = fc
  .tuple(sources, beside, fc.uniqueArray(pattern, { maxLength: 8 }))
  .map(([given, files, patterns]) => {
    const base = given.sources[0] === 'inv' ? 'inv/' : ''
    const more = Object.entries(files).map(([name, text]) => [`${base}${name}`, text] as const)
    return { ...given, files: { ...given.files, ...Object.fromEntries(more) }, patterns }
  })
