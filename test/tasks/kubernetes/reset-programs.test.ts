/** The programs of a reset, in namespaces of their own with real mounts and rules. */
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('programs of a reset')
const folder = folderOf(test)

const inNamespace = (kind: '--mount' | '--net', ...lines: readonly string[]): string =>
  execFileSync('unshare', [kind, 'sh', '-c', `set -e\n${lines.join('\n')}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test('nested mounts, mounts over others and names with spaces are unmounted', { needs: ['mounts'] }, () => {
  const top = folder.at('kubelet')
  const mount = (path: string): string => `mkdir -p '${top}/${path}'; mount -t tmpfs tmpfs '${top}/${path}'`
  const out = inNamespace(
    '--mount',
    mount('a-b'),
    mount('pods/x/volumes/v'),
    mount('pods/x/volumes/v/sub path/deep'),
    // it hides those below
    mount('pods/x'),
    mount('pods/x/other'),
    // beside the folder, not below it
    `mkdir -p ${top}-too; mount -t tmpfs tmpfs ${top}-too`,
    `( set +e; ${sent('tasks/kubernetes/reset/unmount.sh', top)} )`,
    `grep -c ' ${top}/' /proc/mounts || true; grep -c ' ${top}-too ' /proc/mounts`,
  )
  assert.is(out, '0\n1\n')
})

test('what is in use is named', { needs: ['mounts'] }, () => {
  const top = folder.at('busy')
  const out = inNamespace(
    '--mount',
    `mkdir -p ${top}/v; mount -t tmpfs tmpfs ${top}/v; cd ${top}/v`,
    `( set +e; ${sent('tasks/kubernetes/reset/unmount.sh', top)} )`,
  )
  assert.is(out, `${top}/v\n`)
})

test('links are followed to the folders whose mounts are unmounted', { needs: ['mounts'] }, () => {
  const top = folder.at('data disk')
  const out = inNamespace(
    '--mount',
    `mkdir -p '${top}/pods/v'; ln -s '${top}' ${folder.at('link')}; mount -t tmpfs tmpfs '${top}/pods/v'`,
    `( set +e; ${sent('tasks/kubernetes/reset/unmount.sh', folder.at('none/below'), folder.at('link'))} )`,
    `grep -c 'data.040disk' /proc/mounts || true`,
    // a path without a folder has no mounts below it, and not all of the host
    'grep -c " /proc " /proc/mounts',
  )
  assert.is(out, '0\n1\n')
})

const removing = (...words: readonly string[]): string =>
  `( set +e; ${sent('tasks/kubernetes/reset/remove-paths.sh', ...words)} ) 2>&1 || echo "status $?"`

test('nothing is removed through a mount, also one of the same file system', { needs: ['mounts'] }, () => {
  const [top, live] = [folder.at('run/cilium'), folder.at('live')]
  const out = inNamespace(
    '--mount',
    `mkdir -p ${top}/cgroupv2 ${live}; echo x >${live}/file; mount --bind ${live} ${top}/cgroupv2`,
    removing('remove', top),
    removing('empty', top),
    `umount ${top}/cgroupv2`,
    removing('remove', top),
    `ls -d ${top} 2>/dev/null || true; ls ${live}`,
  )
  const refused = `${top}/cgroupv2 is still mounted\nstatus 1\n`
  assert.is(out, `${refused}${refused}file\n`)
})

test('a folder with a file system of its own is emptied and stays', { needs: ['mounts'] }, () => {
  const top = folder.at('disk')
  const out = inNamespace(
    '--mount',
    `mkdir ${top}; mount -t tmpfs tmpfs ${top}; mkdir ${top}/member; echo x >${top}/member/db`,
    removing('remove', top),
    `ls -A ${top}; grep -c ' ${top} ' /proc/mounts`,
  )
  assert.is(out, '1\n')
})

test('lost+found of a disk that is mounted stays', { needs: ['mounts'] }, () => {
  const top = folder.at('ext4')
  const out = inNamespace(
    '--mount',
    `mkdir -p ${top}/lost+found; mount -t tmpfs tmpfs ${top}; mkdir -p ${top}/lost+found/1 ${top}/snap/lost+found`,
    removing('remove', top),
    `ls -A ${top} ${top}/lost+found`,
    // in a folder that is not mounted, it goes as well
    `umount ${top}`,
    removing('remove', top),
    `ls -d ${top} 2>/dev/null || true`,
  )
  assert.is(out, `${top}:\nlost+found\n\n${top}/lost+found:\n1\n`)
})

test(
  'folders are removed or emptied, also through links, and absent paths are accepted',
  { needs: ['mounts'] },
  () => {
    const [removed, emptied, real] = [folder.at('removed'), folder.at('emptied'), folder.at('real disk')]
    const out = inNamespace(
      '--mount',
      `mkdir -p ${removed}/a/b ${emptied}/c '${real}/d'; echo x >${folder.at('conf')}; ln -s '${real}' ${folder.at('to-real')}`,
      removing('remove', removed, folder.at('conf'), folder.at('absent/below')),
      removing('empty', emptied, folder.at('to-real'), folder.at('absent')),
      `ls -d ${removed} ${folder.at('conf')} 2>/dev/null || true; ls -A ${emptied} '${real}' ${folder.at('to-real')}/`,
    )
    assert.is(out, `${emptied}:\n\n${real}:\n\n${folder.at('to-real')}/:\n`)
  },
)

test('files without a package are found', { needs: ['mounts'] }, () => {
  const list = (at: string): string => sent('tasks/kubernetes/networks/without-package.sh', at)
  const net = folder.at('net.d')
  const out = inNamespace(
    '--mount',
    `mkdir -p '${net}/a folder'; echo x >${net}/10-x.conf; ln -s none ${net}/.link`,
    list(net),
    list(folder.at('none')),
    // this file belongs to base-files
    `( ${list('/etc/update-motd.d')}\n) | grep -c 10-uname || true; ls /etc/update-motd.d/10-uname`,
  )
  assert.is(out, `${net}/10-x.conf\n${net}/a folder\n${net}/.link\n0\n/etc/update-motd.d/10-uname\n`)
})

const foreign = [
  '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
  '-A FORWARD -m comment --comment "not KUBE-FORWARD" -j DOCKER-USER',
]
const rules = [
  '*filter',
  ':KUBE-FORWARD - [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':cali-INPUT - [0:0]',
  ':FLANNEL-FWD - [0:0]',
  ':DOCKER-USER - [0:0]',
  '-A INPUT -m comment --comment "cali:Cz_u1IQiXIMmKD4c" -j cali-INPUT',
  ...foreign,
  '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
  '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD',
  '-A OUTPUT -j KUBE-SERVICES',
  '-A KUBE-FORWARD -j KUBE-SERVICES',
  '-A KUBE-SERVICES -m comment --comment "a b" -j REJECT',
  'COMMIT',
  '*nat',
  ':KUBE-POSTROUTING - [0:0]',
  ':CNI-HOSTPORT-DNAT - [0:0]',
  '-A POSTROUTING -j KUBE-POSTROUTING',
  '-A PREROUTING -j CNI-HOSTPORT-DNAT',
  'COMMIT',
  '',
].join('\n')

const needs = ['root', 'network namespaces', 'iptables'] as const

test('rules of Kubernetes are removed from both families, those of others stay', { needs }, () => {
  const file = folder.write('rules', rules)
  const out = inNamespace(
    '--net',
    `iptables-restore <${file}`,
    `ip6tables-restore <${file}`,
    `( set +e; ${sent('tasks/kubernetes/reset/list-rules.sh')} )`,
    `( set +e; ${sent('tasks/kubernetes/reset/remove-rules.sh')} )`,
    `( set +e; ${sent('tasks/kubernetes/reset/list-rules.sh')} )`,
    'echo saved; iptables-save; ip6tables-save',
  )
  const [said = '', saved = ''] = out.split('saved\n')
  assert.match(said, /firewall rules and chains of Kubernetes \(iptables(-nft)?\)\n/)
  assert.match(said, /firewall rules and chains of Kubernetes \(ip6tables(-nft)?\)\n/)
  assert.is(said.split('firewall rules').length, 3, said)
  assert.match(said, /1 chains CNI-\* of iptables(-nft)?, which can be those of other containers/)
  assert.not.match(saved, /^(:|-A .*-j )(KUBE|cali|FLANNEL)/m)
  for (const rule of [...foreign, '-A PREROUTING -j CNI-HOSTPORT-DNAT'])
    assert.is(saved.split(`${rule}\n`).length, 3, `${rule}\n${saved}`)
})

test('of pod networks alone, rules are removed without those of kube-proxy and of others', { needs }, () => {
  const file = folder.write('network', rules)
  const list = `( set +e; ${sent('tasks/kubernetes/reset/list-rules.sh', 'network')} )`
  const out = inNamespace(
    '--net',
    `iptables-restore <${file}`,
    list,
    `( set +e; ${sent('tasks/kubernetes/reset/remove-rules.sh', 'network')} )`,
    list,
    'echo saved; iptables-save',
  )
  const [said = '', saved = ''] = out.split('saved\n')
  assert.is(said.split('firewall rules and chains of a pod network').length, 2, said)
  assert.not.match(saved, /^(:|-A .*-j )(cali|FLANNEL)/m)
  for (const rule of [
    ...foreign,
    '-A OUTPUT -j KUBE-SERVICES',
    '-A KUBE-FORWARD -j KUBE-SERVICES',
    '-A POSTROUTING -j KUBE-POSTROUTING',
  ])
    assert.match(saved, rule)
})

test('a foreign rule is known by its real target and its complete comment', { needs }, () => {
  const kept = [
    '-A INPUT -p tcp -m tcp --dport 4240 -m comment --comment "cilium health from the admin network" -j ACCEPT',
    '-A INPUT -p udp -m udp --dport 8472 -m comment --comment "flanneld vxlan, only from rack 4" -j DROP',
    '-A INPUT -s 192.0.2.7/32 -m comment --comment "replaced the old -j KUBE-FIREWALL jump" -j DROP',
    '-A INPUT -m comment --comment "it says: \\"--comment cilium: \\" -j KUBE-FIREWALL" -j DROP',
    '-A INPUT -m comment --comment cilium -j DROP',
    '-A INPUT -m comment --comment "cali: a district" -j ACCEPT',
    '-A INPUT -j WEAVERS',
    '-A WEAVERS -s 203.0.113.0/24 -j DROP',
  ]
  const removed = [
    '-A FORWARD -m comment --comment "allow -j ACCEPT first" -j KUBE-FORWARD',
    '-A FORWARD -m comment --comment "-j" -j KUBE-FORWARD',
    '-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m comment --comment "Policy explicitly accepted packet." -j ACCEPT',
    '-A FORWARD -m comment --comment "cilium: any->cluster on cilium_host forward accept" -j ACCEPT',
    '-A INPUT -j WEAVE',
    '-A INPUT -g WEAVE-NPC',
  ]
  const chains = ['WEAVERS', 'WEAVE', 'WEAVE-NPC', 'KUBE-FORWARD', 'KUBE-FIREWALL'].map(
    (name) => `:${name} - [0:0]`,
  )
  const file = folder.write('similar', ['*filter', ...chains, ...kept, ...removed, 'COMMIT', ''].join('\n'))
  const saved = inNamespace(
    '--net',
    `iptables-restore <${file}`,
    `( set +e; ${sent('tasks/kubernetes/reset/remove-rules.sh')} )`,
    'iptables-save',
  )
  assert.equal(
    saved
      .split('\n')
      .filter((line) => line.startsWith('-A'))
      .toSorted(),
    // words of plain signs are shown without quotes
    kept.toSorted(),
  )
  assert.equal(
    saved.match(/^:(KUBE|WEAVE).*/gm)?.map((line) => line.split(' ')[0]),
    [':WEAVERS'],
  )
})

test('before all rules are removed, policies accept: the host can still be reached', { needs }, () => {
  const file = folder.write(
    'closed',
    [
      '*filter',
      ':INPUT DROP',
      ':FORWARD DROP',
      ':OUTPUT DROP',
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
      'COMMIT',
      '',
    ].join('\n'),
  )
  const out = inNamespace(
    '--net',
    `iptables-restore <${file}`,
    `ip6tables-restore <${file}`,
    sent('tasks/kubernetes/reset/flush-iptables.sh'),
    'iptables -S; ip6tables -S',
  )
  const open = '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n'
  assert.is(out, open + open)
})

test(
  'tables of nftables: only those of kube-proxy and pod networks go',
  { needs: ['root', 'network namespaces', 'nft'] },
  () => {
    const out = inNamespace(
      '--net',
      'for t in "ip kube-proxy" "ip6 kube-proxy" "inet mine" "inet cni_hostport"; do nft add table $t; done',
      `( set +e; ${sent('tasks/kubernetes/reset/list-rules.sh')} )`,
      `( set +e; ${sent('tasks/kubernetes/reset/remove-rules.sh')} )`,
      'nft list tables',
    )
    assert.is(
      out,
      'nftables table ip kube-proxy\nnftables table ip6 kube-proxy\nthe table inet cni_hostport of nftables, which can be that of other containers\ntable inet mine\ntable inet cni_hostport\n',
    )
  },
)
