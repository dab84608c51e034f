import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { serviceTime } from './types.ts'
import type { ServiceManager } from './types.ts'

/** Exit statuses of `rc-service NAME status`, as openrc-run and its supervisor scripts return them. */
const states: Readonly<Record<number, string>> = {
  0: 'started',
  3: 'stopped',
  4: 'stopping',
  8: 'starting',
  16: 'inactive',
  32: 'crashed',
  64: 'unsupervised',
}
/** States in which a service does not run, but OpenRC counts it as started: `start` would do nothing. */
const lost = new Set(['crashed', 'unsupervised'])

/** Runlevels that are entered during boot. */
const bootLevels = new Set(['sysinit', 'boot', 'default'])

/** The boot runlevels that contain a service, from `rc-update show`: `NAME | boot default`. */
export const runlevelsOf = (text: string, name: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [service = '', levels] = line.split('|')
    if (levels === undefined || service.trim() !== name) return []
    return levels.split(/\s+/).filter((level) => bootLevels.has(level))
  })

const failed = (script: string, output: string, code: number, name: string): CoxswainError =>
  new CoxswainError('command-failed', `${script}: exit status ${code}`, {
    output: output.trim(),
    hint: `check on the host: rc-service ${name} status, and its own log`,
  })

const rcService = async ({ remote }: ApplyContext, name: string, word: string): Promise<void> => {
  const command = remote.run({ timeout: serviceTime })`rc-service --nocolor ${name} ${word}`
  const { ok, code, stdout, stderr } = await command.result()
  if (!ok) throw failed(`rc-service ${name} ${word}`, `${stdout}\n${stderr}`, code, name)
}

/** OpenRC: Alpine, Gentoo and others. */
export const openrc: ServiceManager = {
  state: async ({ remote }, name) => {
    const [exists, status, shown] = await Promise.all([
      remote.query`rc-service --exists ${name}`.succeeds(),
      remote.query`rc-service --nocolor ${name} status`.result(),
      remote.query`rc-update show`.text(),
    ])
    const active = states[status.code] ?? `status ${status.code}`
    const levels = runlevelsOf(shown, name)
    return {
      exists,
      forbidden: undefined,
      masked: false,
      stale: false,
      active,
      running: active === 'started',
      stopped: active !== 'started',
      enabled: levels.length === 0 ? 'disabled' : `in ${levels.join(', ')}`,
      atBoot: levels.length > 0,
      removable: levels.length > 0,
    }
  },
  start: async (ctx, name) => {
    const { active } = await openrc.state(ctx, name)
    if (lost.has(active)) await rcService(ctx, name, 'zap')
    await rcService(ctx, name, 'start')
  },
  stop: (ctx, name) => rcService(ctx, name, 'stop'),
  enable: async ({ remote }, name) => {
    await remote.run`rc-update add ${name} default`
  },
  disable: async ({ remote }, name) => {
    const levels = runlevelsOf(await remote.query`rc-update show`.text(), name)
    await remote.run`rc-update del ${name} ${levels}`
  },
  restart: async (ctx, name) => {
    const { active } = await openrc.state(ctx, name)
    await (lost.has(active) ? openrc.start(ctx, name) : rcService(ctx, name, 'restart'))
  },
  reload: async (ctx, name) => {
    const { running } = await openrc.state(ctx, name)
    // the list of its own commands: `* reload: …`
    const described = await ctx.remote.query`rc-service --nocolor ${name} describe 2>&1`.result()
    if (running && /^[ \t]*\*[ \t]*reload:/m.test(described.stdout)) await rcService(ctx, name, 'reload')
    else await openrc.restart(ctx, name)
  },
  whenMissing:
    'install the package that contains it; on Alpine it can be a separate package, such as NAME-openrc',
}
