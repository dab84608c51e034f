import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  unknown,
  z,
  shellFile,
  shellProgram,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { contentChanges } from '../files/content/content.ts'
import { serviceManager } from '../system/service-manager.ts'
import { serviceManagerOf } from '../system/service-managers/managers.ts'
import { openrc } from '../system/service-managers/openrc.ts'
import { locksOut, markIn, portsToKeep, rule, tableText } from './firewalls/rules.ts'
import type { Access } from './firewalls/rules.ts'

const accessFile = shellFile(import.meta.url, 'firewall-access.sh')
const compareFile = shellFile(import.meta.url, 'firewall-compare.sh')

const folder = '/etc/nftables.d'

/** Where distributions keep what is loaded at boot: Debian and Arch, Red Hat, Alpine. */
const bootFiles = ['/etc/nftables.conf', '/etc/sysconfig/nftables.conf', '/etc/nftables.nft']

const params = () =>
  z.object({
    name: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'letters, digits and _ are needed')
      .default('coxswain')
      .describe(
        'the name of the nftables table, of the family inet; other tables stay unchanged and still apply',
      ),
    allow: z
      .array(rule())
      .default([])
      .describe(
        "what to accept: 443, '53/udp', '8000-8100', or {port: 22, from: [10.0.0.0/8]}; everything else is dropped",
      ),
    rules: z
      .string()
      .refine((text) => !/[{}\0]/.test(text.replaceAll(/\{[^{}\n]*\}/g, '')), {
        message: 'lines of a chain are needed, no chain or table',
      })
      .optional()
      .describe('more rules, after those of `allow`: one per line, in the syntax of nft(8)'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the table and its file'),
  })
type Params = z.output<ReturnType<typeof params>>

const fileOf = ({ name }: Params): string => `${folder}/${name}.nft`

/** How the host is reached. The session's shell may be another user's by now, so its ancestors are asked. */
const accessOf = async ({ remote }: CheckContext): Promise<Access> => {
  const text = await remote.query({
    label: 'find out how the host is reached',
  })`${shellProgram(accessFile)}`.text()
  const [connection = '', ...ports] = text.split('\n')
  const [client, , , port] = connection.split(' ')
  const session = client === undefined || port === undefined ? undefined : { client, port: Number(port) }
  return {
    session,
    ports: [...new Set([...(session === undefined ? [] : [session.port]), ...ports.map(Number)])].filter(
      (one) => one > 0,
    ),
  }
}

/** The text of the table that is wanted. It never locks out who makes it. */
const wantedText = async (ctx: CheckContext, { name, allow, rules }: Params): Promise<string> => {
  const access = await accessOf(ctx)
  if (locksOut(allow, access))
    throw new CoxswainError('task-failed', 'these rules would lock out the user who sets them', {
      hint: `let port ${access.session?.port} in from ${access.session?.client}, too`,
    })
  return tableText(name, allow, portsToKeep(allow, access), rules)
}

const noNft = 101

/** The table as it is, and as nft itself would show the wanted one; null where nft is not there. */
const compare = async (
  { remote }: CheckContext,
  name: string,
  wanted: string,
): Promise<{ live: string; shown: string | undefined } | null> => {
  // a network of its own, which ends with the command, lets nft tell how it would show the table
  const result = await remote.query({
    stdin: wanted,
  })`${shellProgram(compareFile, name)}`.result()
  if (result.code === noNft) return null
  if (!result.ok)
    throw new CoxswainError('task-failed', 'nft refuses the rules', {
      output: result.stderr.trim().split('\n').slice(-10).join('\n'),
      hint: 'nft needs root: use become; the syntax is explained in nft(8)',
    })
  const [live = '', shown = ''] = result.stdout.split(/^---\n/m)
  return { live, shown: shown === '' ? undefined : shown }
}

const tableChanges = (
  { live, shown }: { live: string; shown: string | undefined },
  given: Params,
  wanted: string,
): Change[] => {
  // where no network of its own could be had, the mark tells
  const same = shown === undefined ? markIn(live) === markIn(wanted) : live === shown
  return same
    ? []
    : [{ what: `table inet ${given.name}`, from: live === '' ? undefined : live, to: shown ?? wanted }]
}

const isThere = async ({ remote }: CheckContext, name: string): Promise<boolean> =>
  (
    await remote.query({
      label: 'nft list tables',
    })`command -v nft >/dev/null || exit 0; nft list tables`.lines()
  ).includes(`table inet ${name}`)

/** The file that is loaded at boot, its text, and whether it loads ours. */
const bootFile = async ({ remote }: CheckContext) => {
  const texts = await Promise.all(bootFiles.map((path) => remote.read(path)))
  const index = Math.max(
    0,
    texts.findIndex((text) => text !== undefined),
  )
  const text = texts[index] ?? ''
  return {
    path: bootFiles[index] ?? '',
    text,
    loads: /^[ \t]*include\s+"\/etc\/nftables\.d\/\*(?:\.nft)?"/m.test(text),
  }
}

/** Whether nftables is loaded at boot; true where there is no service that could do it. */
const atBoot = async (ctx: CheckContext): Promise<boolean> => {
  // what systemd says of the boot it says without running, too
  if ((await ctx.fact(serviceManager())) !== 'openrc')
    return (
      (await ctx.remote.query({
        label: 'systemctl is-enabled nftables',
      })`systemctl is-enabled nftables 2>/dev/null || :`.text()) !== 'disabled'
    )
  const service = await openrc.state(ctx, 'nftables')
  return !service.exists || service.atBoot
}

const include = `include "${folder}/*.nft"`

/** Sets up an nftables firewall in a table of its own. SSH always stays open for the connection that sets it up. */
export const firewall = defineTask({
  name: 'firewall',
  description:
    'Sets up an nftables firewall in a table of its own: incoming connections that are not allowed are dropped; SSH always stays open for the connection that sets it up.',
  reads:
    'nft list table, the file of the table, what is loaded at boot, the ports of sshd and of the current connection',
  example: { allow: [80, 443, { port: 9100, from: ['10.0.0.0/8'] }] },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}firewall ${name}`,

  async check(ctx, given) {
    const file = fileOf(given)
    if (given.state === 'absent') {
      const [there, saved] = await Promise.all([isThere(ctx, given.name), ctx.remote.exists(file)])
      return driftUnlessEmpty([
        ...(there ? [{ what: `table inet ${given.name}`, from: 'there', to: undefined }] : []),
        ...(saved ? [{ what: file, from: 'there', to: undefined }] : []),
      ])
    }
    const wanted = await wantedText(ctx, given)
    const [found, changes, boot, enabled] = await Promise.all([
      compare(ctx, given.name, wanted),
      contentChanges(ctx.remote, file, wanted),
      bootFile(ctx),
      atBoot(ctx),
    ])
    if (found === null) return unknown('nft is not installed yet')
    return driftUnlessEmpty([
      ...tableChanges(found, given, wanted),
      ...changes,
      ...(boot.loads ? [] : [{ what: boot.path, to: include }]),
      ...(enabled ? [] : [{ what: 'nftables at boot', from: 'disabled', to: 'enabled' }]),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const file = fileOf(given)
    if (given.state === 'absent') {
      await remote.remove(file)
      if (await isThere(ctx, given.name)) await remote.run`nft delete table inet ${given.name}`
      return
    }
    const wanted = await wantedText(ctx, given)
    if ((await compare(ctx, given.name, wanted)) === null)
      throw new CoxswainError('task-failed', 'nft is not installed on the host', {
        hint: 'install the package nftables first',
      })
    await remote.makeDirectory(folder)
    await remote.write(file, wanted, { validate: 'nft -c -f %s' })
    const boot = await bootFile(ctx)
    if (!boot.loads)
      await remote.write(
        boot.path,
        `${boot.text}${boot.text === '' || boot.text.endsWith('\n') ? '' : '\n'}${include}\n`,
        { validate: 'nft -c -f %s' },
      )
    // not started: that would flush what others have put there
    if (!(await atBoot(ctx))) await (await serviceManagerOf(ctx)).enable(ctx, 'nftables')
    await remote.run`nft -f ${file}`
  },
})
