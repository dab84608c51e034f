/** Texts with arguments, formats and patterns of Python, and what ansible-core 2.19 makes of them. */

/** Texts with expressions, and their values. */
export const pythonValues: readonly (readonly [text: string, value: unknown])[] = [
  [
    "{{ '%5.1f|%-6s|%+d|% d|%05d|%x|%#x|%#o|%X|%e|%g|%g|%g|%c|%c|%r|%a|%%|%i' | format(3.14159, 'ab', 3, 4, -42, 255, 255, 8, 255, 12345.678, 0.00001, 1000000.0, 100000.0, 'x', 65, 'a', 'é', 7.9) }}",
    "  3.1|ab    |+3| 4|-0042|ff|0xff|0o10|FF|1.234568e+04|1e-05|1e+06|100000|x|A|'a'|'\\xe9'|%|7",
  ],
  ["{{ '%*d|%-*d|%.*f' | format(5, 3, 4, 2, 2, 2.71828) }}", '    3|2   |2.72'],
  ["{{ '%.0f %.0f %.1f %.2f' | format(0.5, 1.5, 0.25, 2.675) }}", '0 2 0.2 2.67'],
  ["{{ 'node{:02d}'.format(3) }}", 'node03'],
  [
    "{{ '{:08.3f}|{:+d}|{: d}|{:^9}|{:*<6}|{:=+6d}|{:#x}|{:#010b}|{:,.2f}|{:_}|{:e}|{:g}|{:.1%}|{:c}'.format(3.14159, 5, 5, 'ab', 'ab', 5, 255, 5, 1234567.891, 1234567, 12345.678, 0.00001, 0.256, 65) }}",
    '0003.142|+5| 5|   ab    |ab****|+    5|0xff|0b00000101|1,234,567.89|1_234_567|1.234568e+04|1e-05|25.6%|A',
  ],
  [
    "{{ '{:5}|{:<5}|{:5}|{:.2}|{:>{}}|{!r}|{!s:>4}'.format(5, 5, 'ab', 'abc', 'x', 4, 'q', 5) }}",
    "    5|5    |ab   |ab|   x|'q'|   5",
  ],
  ["{{ '{:.3} {:.3} {:.3} {:.3}'.format(3.14159, 100.0, 314.0, 10.0) }}", '3.14 1e+02 3.14e+02 10.0'],
  ["{{ '{0[1]}-{a[x]}-{{}}'.format([1, 2], a={'x': 7}) }}", '2-7-{}'],
  ["{{ '{} {}'.format(1, 2) }}{{ '{1}{0}'.format('a', 'b') }}", '1 2ba'],
  ["{{ '{:010,}|{:,d}|{:_x}'.format(12345, -1234, 1048575) }}", '00,012,345|-1,234|f_ffff'],
  [
    "{{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.find('c', 0, 2) }} {{ 'abcabc'.index('b', -3) }} {{ 'abcabc'.count('a', 1) }}",
    '5 -1 4 1',
  ],
  [
    "{{ 'abc'.endswith('b', 0, 2) }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.startswith(('x', 'c'), -1) }} {{ 'abc'.startswith('', 3) }} {{ 'abc'.startswith('', 4) }}",
    'True True True True False',
  ],
  [
    "{{ 'abcabc'.rfind('b') }} {{ 'abcabc'.rfind('b', 0, 4) }} {{ 'abc'.rfind('z') }} {{ 'abcabc'.rindex('a') }} {{ ' '.isspace() }} {{ 'a'.isspace() }} {{ '12'.isnumeric() }} {{ 'ÄB'.casefold() }} {{ '12'.isdecimal() }}",
    '4 1 -1 3 True False True äb True',
  ],
  [
    "{{ 'abc'.replace('', '-') }} {{ 'abc' | replace('', '-', 2) }} {{ 'aXbX'.replace('X', '-', 1) }}",
    '-a-b-c- -a-bc a-bX',
  ],
  ['{{ [1, 2, 1].index(1, 1) }}', 2],
  [
    "{{ 'x' | b64encode(encoding='utf-16-le') }} {{ 'eAA=' | b64decode(encoding='utf-16-le') }} {{ '??>>' | b64encode(urlsafe=true) }} {{ 'é' | b64encode('latin-1') }}",
    'eAA= x Pz8-Pg== 6Q==',
  ],
  ["{{ none | quote }} {{ 'nan' | float }} {{ '1_0' | float }}", "'' nan 10.0"],
  [
    "{{ 'abc' | regex_replace('B', 'x', true) }} {{ 'a\\nA' | regex_replace('^a', 'x', true, true) }} {{ 'aaa' | regex_replace('a', 'b', false, false, 2) }}",
    'axc x\\nA bba',
  ],
  [
    "{{ 'a\\nb' | regex_findall('^.', true) }} {{ 'aA' | regex_findall('a', false, true) }}",
    "['a'] ['a', 'A']",
  ],
  [
    "{{ ['a', 'A'] | unique(true) }} {{ [{'n': 2}, {'n': 1}] | min(false, 'n') }} {{ ['a', 'b'] | product(repeat=2) | list }}",
    "['a', 'A'] {'n': 1} [['a', 'a'], ['a', 'b'], ['b', 'a'], ['b', 'b']]",
  ],
  [
    "{{ {'b': 1, 'a': [2]} | to_json(separators=(',', ':')) }} {{ {'b': 1, 'a': 2} | to_json(sort_keys=true) }} {{ {'b': 1, 'a': '<&>'} | tojson }}",
    '{"b":1,"a":[2]} {"a": 2, "b": 1} {"a": "\\u003c\\u0026\\u003e", "b": 1}',
  ],
  [
    "{{ {'b': 1, 'a': [2]} | to_nice_json(2) }} {{ {'b': 1, 'a': [2]} | to_nice_json(2, false) }}",
    '{\n  "a": [\n    2\n  ],\n  "b": 1\n} {\n  "b": 1,\n  "a": [\n    2\n  ]\n}',
  ],
  [
    "{{ [{'n': 'a'}, {'n': 'A'}, {'n': 'b'}] | groupby('n') | list }}",
    [
      ['a', [{ n: 'a' }, { n: 'A' }]],
      ['b', [{ n: 'b' }]],
    ],
  ],
  [
    "{{ [{'n': 'a'}, {'n': 'A'}] | groupby('n', case_sensitive=true) | list }}",
    [
      ['A', [{ n: 'A' }]],
      ['a', [{ n: 'a' }]],
    ],
  ],
  [
    "{{ 'a' is regex('A', true) }} {{ 'ba' is regex('a', false, false, 'match') }} {{ 'ab' is regex('a', match_type='fullmatch') }}",
    'True False False',
  ],
  [
    "{{ '10Mb' | human_to_bytes(isbits=true) }} {{ '10' | human_to_bytes('M') }} {{ '1.5K' | human_to_bytes }} {{ '10B' | human_to_bytes }}",
    '10485760 10485760 1536 10',
  ],
  ["{{ 'a.b[c' | regex_escape('posix_basic') }}", 'a\\.b\\[c'],
  [
    "{{ {'a': 1} | combine(none) }} {{ {'a': 1, 'b': 2} | combine({'a': omit}) }} {{ true | ternary(1, nope) }}",
    "{'a': 1} {'b': 2} 1",
  ],
  ["{{ 'is down' if ('link up' | regex_search('down')) is not none else 'is not down' }}", 'is not down'],
  [
    "{{ ['ab', 'cd'] | map('regex_search', 'a') | list }} {{ ['ab', 'cd'] | map('regex_search', 'a') | select('string') | list }}",
    "['a', None] ['a']",
  ],
  [
    "{{ 'a]b' | regex_replace('[]]', 'z') }} {{ 'cache[0].local' | regex_replace('[][]', '-') }} {{ 'a]b' | regex_replace('[^]a]', 'z') }}",
    'azb cache-0-.local a]z',
  ],
  [
    "{{ 'aab' | regex_replace('a{,2}', 'z') }} {{ 'x{y}' | regex_replace('{y}', 'z') }} {{ 'a{}' | regex_replace('a{}', 'z') }} {{ '{a' | regex_replace('{', 'z') }}",
    'zzbz xz z za',
  ],
  [
    "{{ 'aXb' | regex_replace('(?x) X  # c', '-') }} {{ 'ab' | regex_replace('(?:a)(?#c)b', 'z') }} {{ 'a\\nb' | regex_search('(?s)a.b') }}",
    'a-b z ',
  ],
  [
    "{% set x = \"a\\n\" %}{{ x | regex_search('a$') }}{{ x | regex_replace('$', '!') }}{{ \"a\\r\\nb\" | regex_findall('(?m)^.') }}",
    "aa!\n!['a']",
  ],
  [
    "{{ 'é ü1' | regex_findall('\\w+') }} {{ 'éa b' | regex_replace('\\b', '|') }} {{ '٣' | regex_search('\\d') }} {{ 'é' | regex_search('(?a)\\w') is none }}",
    "['é', 'ü1'] |éa| |b| ٣ True",
  ],
  [
    "{{ 'a-b_c.d' | regex_replace('[^\\W_]', 'x') }} {{ 'a-b' | regex_replace('[\\w-]', 'x') }} {{ 'a&&b' | regex_replace('[&&]', 'x') }} {{ 'A' | regex_replace('\\x41', 'x') }} {{ 'A' | regex_replace('\\101', 'x') }}",
    'x-x_x.x xxx axxb x x',
  ],
  ["{{ 'a😀b' | regex_replace('.', 'x') }} {{ 'a😀b' | regex_replace('', '-') }}", 'xxx -a-😀-b-'],
  [
    "{{ 'aa' | regex_replace('(.)\\1', '<\\g<0>>') }} {{ 'ab' | regex_replace('(?P<x>a)(?P<y>b)', '\\g<y>\\g<x>') }} {{ 'abc' | regex_replace('b', '\\0') | length }}",
    '<aa> ba 3',
  ],
  [
    "{{ 'a1' | regex_findall('[[:digit:]]') }} {{ 'a/b' | regex_replace('/', '-') }} {{ 'x.y' | regex_replace('\\.', '-') }}",
    '[] a-b x-y',
  ],
]

/** Texts that are errors, and our messages. */
export const pythonErrors: readonly (readonly [text: string, message: string])[] = [
  ["{{ 'ab' | regex_replace('\\q', 'x') }}", 'the regular expression is malformed: it has no escape \\q'],
  [
    "{{ 'ab' | regex_replace('a', '\\q') }}",
    'the replacement has no escape \\q (write \\\\ for a backslash)',
  ],
  ["{{ 'ab' | regex_replace('(a', 'x') }}", 'the regular expression is malformed or not supported'],
  [
    "{{ 'ab' | regex_replace('[b-a]', 'x') }}",
    'the regular expression is malformed: a range in [ ] goes from a character to a later one',
  ],
  ["{{ 'abc' | upper(1) }}", 'upper takes no arguments'],
  ['{{ [1] | first(2) }}', 'first takes no arguments'],
  [
    "{{ 'a,b' | split(',', 1, 2) }}",
    'split takes at most 2 arguments by position, not 3 (it has sep, maxsplit)',
  ],
  ["{{ 'abc'.upper(1) }}", 'upper takes no arguments'],
  ["{{ 'abc'.find() }}", 'find needs the argument sub'],
  ["{{ 'a'.replace(old='a', new='b') }}", 'replace takes old only by its position'],
  [
    "{{ 'a' | replace('a', old='a', new='b') }}",
    'replace gets its argument old twice: by position and by name',
  ],
  ["{{ 'a' is defined(1) }}", 'defined takes no arguments'],
  [
    "{{ 'a' is match('a', false, false, 1) }}",
    'match takes at most 3 arguments by position, not 4 (it has pattern, ignorecase, multiline)',
  ],
  ["{{ 'a' | default(other='b') }}", 'default has no argument other (it has default_value, boolean)'],
  ["{{ 'x' | b64encode(encodin='utf-8') }}", 'b64encode has no argument encodin (did you mean encoding?)'],
  [
    "{{ [1] | map(attribute='a', nonsense=1) | list }}",
    'map has no argument nonsense (it has attribute, default)',
  ],
  ["{{ 1 | round(0, 'nonsense') }}", 'the method of round is common, ceil or floor'],
  ["{{ '10MB' | human_to_bytes(isbits=true) }}", 'human_to_bytes needs a size such as 10 Mb'],
  ["{{ '10Mb' | human_to_bytes }}", 'human_to_bytes needs a size such as 10 MB'],
  ["{{ '%x' % 3.9 }}", '%x needs an integer, not a float'],
  ["{{ '{0} {}'.format(1, 2) }}", 'a format has {} or {0}, not both'],
  ["{{ '{:d}'.format('a') }}", 'the format :d is for a number, not for text'],
  ["{{ '{:s}'.format(5) }}", 'the format :s is not for an integer'],
  ["{{ '{:>5}'.format(none) }}", 'the format :>5 needs text or a number'],
  ["{{ '{'.format(1) }}", 'the format has a single {: write {{ for the character'],
  [
    "{{ 'aab' | regex_replace('a', 'x', mandatory_count=3) }}",
    'regex_replace found 2 matches, and mandatory_count is 3',
  ],
  ["{{ 'a' | md5('sha1') }}", 'md5 takes no arguments'],
  ['{{ range(1, stop=3) | list }}', 'range takes stop only by its position'],
]
