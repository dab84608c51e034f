/** A role: an OpenSSH server that takes keys only, with current algorithms. */
import { defineRole, given, quote } from 'coxswain'
import {
  blockInFile,
  command,
  directory,
  fail,
  file,
  osRelease,
  packages,
  query,
  read,
  service,
  serviceRestart,
} from 'coxswain/tasks'
import { algorithmsFor, versionIn } from './algorithms.ts'
import { lockoutOf } from './lockout.ts'
import { params } from './params.ts'
import type { Params } from './params.ts'
import { bannerFile, generalText, ineffective, matchText, settingsOf } from './settings.ts'
import type { Settings } from './settings.ts'

export { params } from './params.ts'

const main = '/etc/ssh/sshd_config'
const dropIn = '/etc/ssh/sshd_config.d/00-hardening.conf'

/** Whether drop-ins are read before all other settings: the first value of a setting counts. */
const readsDropIns = (lines: readonly string[]): boolean =>
  /^Include\s+(?:\/etc\/ssh\/)?sshd_config\.d\/\*\.conf$/i.test(
    lines.map((line) => line.trim()).find((line) => !line.startsWith('#') && line !== '') ?? '',
  )

// sshd asks for this folder of its service also where it only tests
const ready = 'if [ -d /run ] && [ ! -d /run/sshd ]; then mkdir -m 0755 /run/sshd; fi'

/** The settings in a file of their own, or in the main file where that does not include others first. */
const configuration = (its: Params, settings: Settings, mainLines: readonly string[]) => {
  if (readsDropIns(mainLines))
    return [
      file(
        {
          path: dropIn,
          content: `# Written by the role ssh-hardening; changes are overwritten.\n${generalText(settings)}${matchText(its)}`,
          mode: '0600',
          // together with all other files
          validate: `${ready}; { echo Include %s; cat ${main}; } | sshd -t -f /dev/stdin`,
        },
        { notify: 'reload' },
      ),
    ]
  const matches = matchText(its)
  const validate = `${ready}; sshd -t -f %s`
  return [
    blockInFile(
      {
        path: main,
        block: generalText(settings),
        marker: '# {mark} ssh-hardening',
        insertBefore: 'BOF',
        validate,
        backup: true,
      },
      { notify: 'reload' },
    ),
    blockInFile(
      {
        path: main,
        block: matches,
        marker: '# {mark} ssh-hardening, Match sections',
        state: matches === '' ? 'absent' : 'present',
        validate,
      },
      { notify: 'reload' },
    ),
  ]
}

/** The same algorithms for the client. */
const clientText = (its: Params, version: number): string =>
  `Host *\n${Object.entries(algorithmsFor(its, version))
    .map(([name, value]) => `    ${name} ${value}\n`)
    .join('')}    HashKnownHosts yes\n    ForwardAgent no\n    ForwardX11 no\n`

/** What sshd uses for connections of a user; nothing where it cannot say so yet. */
const effective = (user: string) =>
  query(
    { run: `sshd -T -C user=${quote(user)},host=localhost,addr=127.0.0.1 || true` },
    { title: `what sshd uses for ${user}` },
  )
const version = query({ run: 'sshd -V 2>&1 || true' }, { title: 'the version of sshd' })
const mainFile = read({ path: main, as: 'lines' })
const countKeys = 'cat "$@" 2>/dev/null | grep -c "^[^#]" || true'

/** The user that the playbook logs in as. */
interface User {
  readonly user: string
  readonly groups: readonly string[]
  readonly home: string
}

/** The files with keys that sshd reads for a user. */
const keyFiles = (its: Params, { user, home }: User, now: readonly string[]): string[] =>
  (
    its.authorizedKeysFile ??
    now.find((line) => line.startsWith('authorizedkeysfile '))?.slice(19) ??
    '.ssh/authorized_keys'
  )
    .split(' ')
    .filter((path) => path !== '' && path !== 'none')
    .map((path) => path.replaceAll('%h', home).replaceAll('%u', user).replaceAll('%%', '%'))
    .map((path) => (path.startsWith('/') ? path : `${home}/${path}`))

/** The settings, unless they lock out the user; then sshd must use them. */
const hardened = (
  its: Params,
  login: User,
  { settings, mainLines, hasKeys }: { settings: Settings; mainLines: readonly string[]; hasKeys: boolean },
) => {
  const lockout = lockoutOf(its, { ...login, hasKeys })
  if (lockout !== undefined) return [fail({ message: `${lockout}; with allowLockout the role sets it` })]
  return [
    ...(its.banner === undefined ? [] : [file({ path: bannerFile, content: its.banner, mode: '0644' })]),
    ...configuration(its, settings, mainLines),
    given({ after: effective('daemon') }, ({ after }) => {
      const others = ineffective(settings, after.lines).join('; ')
      const message = `sshd uses other settings than those of the role, because another file sets them: ${others}`
      return others === '' ? [] : [fail({ message })]
    }),
  ]
}

/** Sets up sshd so that it takes keys only, with current algorithms. */
export const sshHardening = defineRole({
  name: 'ssh-hardening',
  description:
    'Sets up sshd: keys only, current algorithms, no forwarding; and never locks out the login of the playbook.',
  params,
  example: { allowGroups: ['admins'], tcpForwarding: 'local' },
  facts: {
    os: osRelease({}),
    // the user that logs in, and not the one of become
    login: query(
      { run: 'id -un; id -Gn; getent passwd "$(id -un)" | cut -d: -f6' },
      { become: false, title: 'the user that logs in' },
    ),
    socket: query(
      { run: 'systemctl is-active ssh.socket 2>/dev/null || true' },
      { title: 'the socket of sshd' },
    ),
  },
  tasks: (its, { os, login: { lines }, socket }) => {
    const [user = '', groups = '', home = ''] = lines
    const login = { user, groups: groups.split(' '), home }
    return [
      packages({ name: os.family.includes('alpine') ? 'openssh' : 'openssh-server' }),
      command({ run: 'ssh-keygen -A', creates: '/etc/ssh/ssh_host_ed25519_key' }),
      ...(its.service && socket.stdout !== 'active'
        ? [service({ name: serviceOf(os.family), state: 'started', enabled: true })]
        : []),
      given({ now: effective(user), sshd: version, text: mainFile }, ({ now, sshd, text }) => {
        const installed = versionIn(sshd.stdout)
        const settings = settingsOf(its, installed)
        const files = keyFiles(its, login, now.lines)
        const keys = query(
          { argv: ['sh', '-c', countKeys, 'sh', ...files] },
          { title: `how many keys ${user} has` },
        )
        return [
          given({ keys }, ({ keys: { stdout } }) =>
            hardened(its, login, { settings, mainLines: text, hasKeys: stdout !== '0' }),
          ),
          ...(its.client ? clientSteps(its, installed) : []),
        ]
      }),
      ...(its.minimumModuli === 0 ? [] : [moduli(its.minimumModuli)]),
    ]
  },
  handlers: (_, { os, socket }) => ({
    reload:
      socket.stdout === 'active'
        ? command({ run: 'sshd -t && systemctl daemon-reload && systemctl restart ssh.socket' })
        : serviceRestart({ name: serviceOf(os.family), reload: true }),
  }),
})

const serviceOf = (family: readonly string[]): string => (family.includes('debian') ? 'ssh' : 'sshd')

const clientSteps = (its: Params, installed: number) => [
  directory({ path: '/etc/ssh/ssh_config.d', mode: '0755' }),
  file({
    path: '/etc/ssh/ssh_config.d/00-hardening.conf',
    content: clientText(its, installed),
    mode: '0644',
  }),
]

/** Removes groups with fewer bits: time, type, tests, tries, size, generator, modulus. */
const moduli = (bits: number) =>
  command({
    run: `awk -v bits=${bits} '/^#/ || $5 >= bits' /etc/ssh/moduli >/etc/ssh/moduli.part && mv /etc/ssh/moduli.part /etc/ssh/moduli`,
    unless: `[ ! -e /etc/ssh/moduli ] || ! awk -v bits=${bits} '!/^#/ && NF && $5 < bits { found = 1 } END { exit !found }' /etc/ssh/moduli`,
  })
