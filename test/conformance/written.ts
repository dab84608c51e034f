/** Manual inventories, one for each surprising behaviour of Ansible. */
import type { Case } from './generate.ts'

const ini = (text: string, ...patterns: string[]): Case => ({
  files: { hosts: text },
  sources: ['hosts'],
  patterns,
})
const yaml = (text: string, ...patterns: string[]): Case => ({
  files: { 'hosts.yml': text },
  sources: ['hosts.yml'],
  patterns,
})

export const written: Readonly<Record<string, Case>> = {
  'positions of groups and of their children': ini(
    '[a]\nh1\nh2\nh3\n\n[b]\nh3\nh1\n\n[p:children]\nb\na\n',
    'b[0]',
    'p[0]',
    'p[1:2]',
    'a:&b',
    'b:&a',
    '!h1',
    '[ab][3]',
    '*[4]',
    '~[bp]',
    'all[0]',
    'p[-1]',
    'p[1:]',
  ),
  'a host before any heading that is grouped later': ini('h1\nh2\n[web]\nh1\n', 'ungrouped', 'all'),
  'children that are declared later': ini('[p:children]\nb\na\n[a]\nh1\n[b]\nh2\n', 'p[0]', 'p'),
  'children of which one is known by its variables': ini(
    '[b:vars]\nv=1\n[p:children]\nb\na\n[a]\nh1\n[b]\nh2\n',
    'p[0]',
  ),
  'a pending child that is known by its variables meanwhile': ini(
    '[g3:children]\n1web\n[1web:vars]\n[all:children]\ng2\n1web\n[g2]\n[1web]\n',
    'all',
  ),
  'truth and numbers': yaml(
    'all:\n  hosts:\n    h1:\n      a: no\n      b: 0644\n      c: 1_000\n      d: 1e3\n      e: 22:22\n      f: 0o17\n      g: 2024-01-02\n',
  ),
  'integers above 2^53': yaml('all: { hosts: { h1: { a: 9007199254740993, b: 0x20000000000001 } } }'),
  'a group and a host of one name': ini(
    '[web]\nh1\nh2\n[db]\nweb\nh1\n',
    'web',
    'all:&web',
    'db:!web',
    'web[0]',
    'w*',
  ),
  'an undefined child': yaml('masters: { hosts: { m1: } }\nsite: { children: { mastrs: } }\n', 'site', 'all'),
  'unusual names of groups': ini(
    '[1web]\nh1\n[my-group]\nh2\n[web+db:children]\n1web\nmy-group\n',
    '1web',
    'my-group',
    'web+db[0]',
  ),
  'INI in a file that is named like YAML': yaml('[web]\nh1 a=1\nh2\n', 'web[0]'),
  'hosts alone in a file that is named like YAML': yaml('h1 a=1\nh2\n', 'all'),
  'hosts, children and vars as text': yaml('web:\n  hosts: h1\nsite:\n  children: web\n  vars: x\n', 'site'),
  'a host with two ports': ini('[a]\nh1:2222\n[b]\nh1:2223\nh2\nh2:2224\n[c]\nh3:1 ansible_port=2\n', 'all'),
  'a merge before and after': yaml(
    'x: { hosts: &base { h2: { a: 1 }, h1: } }\ny: { hosts: { h0: , <<: *base, h2: { b: 1 } } }\n',
    'y',
  ),
  'an alias': yaml('all: { vars: { a: &a [no, 0644], b: *a } , hosts: { h1: } }\n'),
  'templates are text until they are evaluated': yaml(
    'all: { hosts: { h1: { a: "{{ b }}", b: !unsafe "{{ c }}", c: ["{% if x %}"] } } }\n',
  ),
  'JSON in a file that is named like YAML': yaml(
    '{"all": {"hosts": {"h1": {"a": 1e3, "b": 1.50, "c": "no", "d": null}}}}',
  ),
  'all with hosts of its own': yaml(
    'web: { hosts: { w1: } }\nall: { hosts: { x1: }, children: { web: , db: { hosts: { x1: } } } }\n',
    'all',
    'all[0]',
    'ungrouped',
  ),
  'priorities of groups': yaml(
    'a: { hosts: { h1: }, vars: { v: 1, ansible_group_priority: 2 } }\nb: { hosts: { h1: }, vars: { v: 2 } }\n',
  ),
  ranges: ini('[web]\nw[1:3]\nx[08:10]\ny-[a:c]-[1:2]\nz[1:9:4]:22\n', 'w*', 'web[3]'),
  'a folder of several': {
    files: {
      'inv/1.yml': 'web: { hosts: { h2: , h1: } }\n',
      'inv/2': '[web]\nh3\nh1:22\n[site:children]\nweb\n',
      'inv/group_vars/web.yml': 'a: off\n',
    },
    sources: ['inv'],
    patterns: ['web', 'site[0]'],
  },
  'an executable': {
    files: {
      'hosts.sh': `#!/bin/sh
echo '{"_meta": {"hostvars": {"h1": {"a": "no", "b": 1e3, "c": [1.50, null, true]}, "nowhere": {"a": 1}}}, "web": ["h2", "h1"], "db": {"hosts": ["h3"], "vars": {"v": "0644"}}, "site": {"children": ["web", "edge", "db"]}}'
`,
    },
    sources: ['hosts.sh'],
    patterns: ['web[0]', 'site', 'all', 'edge'],
  },
  'an executable that is asked for each host': {
    files: {
      'hosts.sh': `#!/bin/sh
case $1 in --list) echo '{"web": {"hosts": ["h2", "h1"]}}' ;; *) echo '{"who": "'"$2"'", "n": 0.50}' ;; esac
`,
    },
    sources: ['hosts.sh'],
    patterns: ['web'],
  },
  'keys that no group has': yaml(
    'web: { hosts: { h1: }, hots: { h2: }, h3: , more: [1] }\ndb: [h4]\nedge: text\n',
    'all',
    'web',
  ),
  'priorities beside an inventory': {
    files: {
      hosts: '[a]\nh1\n[b]\nh1\n',
      'group_vars/a.yml': 'v: 1\nansible_group_priority: 9\n',
      'group_vars/b.yml': 'v: 2\n',
    },
    sources: ['hosts'],
    patterns: [],
  },
  'several files of variables for one name': {
    files: {
      hosts: '[g]\nh1\n',
      'group_vars/all.yml': 'a: 1\nb: 1\n',
      'group_vars/all/x.yml': 'a: 2\nc: 2\n',
      'group_vars/g': 'd: none\n',
      'group_vars/g.yml': 'd: yml\ne: 1\n',
      'group_vars/g.yaml': 'd: yaml\nf: 1\n',
      'host_vars/h1.yaml': 'g: yaml\n',
      'host_vars/h1.yml': 'g: yml\n',
      'host_vars/h1.json': '{"g": "json"}',
    },
    sources: ['hosts'],
    patterns: [],
  },
  'standard tags': yaml(
    'all: { hosts: { h1: { a: !!set {x}, b: !!omap [x: 1, y: no], c: !!pairs [x: 1, x: 2], d: !!str 010, e: !!null no, f: !!float "1e3", g: ! no } } }\n',
  ),
  ...Object.fromEntries(
    [
      '!!int no',
      '!!bool maybe',
      '!!float x',
      '!!str [a]',
      '!!map [a]',
      '!!seq {a: 1}',
      '!!foo x',
      '!foo x',
    ].map((text) => [`${text} is not a value`, yaml(`all: { hosts: { h1: }, vars: { a: ${text} } }\n`)]),
  ),
  ...Object.fromEntries(
    ['010', 'no', '1.0', '~', '1', '0x1F', '22:22', '2024-01-02', '""'].flatMap((name) => [
      [`${name} is not a host`, yaml(`all:\n  hosts:\n    ${name}:\n`)],
      [`${name} is not a group`, yaml(`${name}:\n  hosts:\n    h1:\n`)],
      [
        `"${name}" in quotes`,
        yaml(`all:\n  vars:\n    '${name}': 1\n    v: { '${name}': 2 }\n  hosts:\n    h1:\n`),
      ],
    ]),
  ),
  'values of INI': ini(
    "h1 a=no b=0644 c=1_000 d=True e='[1, \"x\"]' f=1,2 g={{x}} h=0o17 i=None j=1e3\n[all:vars]\nk= a b\nl='a b'\nm=\n",
  ),
}
