import { defineTask, driftUnlessEmpty, flag, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf } from '../shared/lines.ts'
import { filesInOrder, otherFiles } from './drop-ins/later-files.ts'
import type { Places } from './drop-ins/later-files.ts'

const fileOf = (name: string): string => `/etc/modules-load.d/${name}.conf`

/** The files that are read at boot (modules-load.d(5)). */
const places: Places = {
  folders: [
    '/etc/modules-load.d',
    '/run/modules-load.d',
    '/usr/local/lib/modules-load.d',
    '/usr/lib/modules-load.d',
    '/lib/modules-load.d',
  ],
}

/** Whether another file than that of the task loads a module at boot. */
const isLoadedElsewhere = async (ctx: CheckContext, name: string): Promise<boolean> =>
  filesInOrder(places, await otherFiles(ctx, places, fileOf(name), name)).some(({ lines }) =>
    lines.some((line) => line.trim() === name),
  )

/** The text that loads a module at boot; other lines stay (modules-load.d(5)). */
export const withModule = (text: string | undefined, name: string): string => {
  const lines = linesOf(text)
  return lines.some((line) => line.trim() === name) ? (text ?? '') : appendLines(text, [name])
}

/** Paths that show that a module is built into the kernel, for modules without an entry in /sys/module. */
const signs: Readonly<Record<string, string>> = {
  br_netfilter: '/proc/sys/net/bridge/bridge-nf-call-iptables',
  nf_conntrack: '/proc/sys/net/netfilter/nf_conntrack_max',
}

/** Whether a module is loaded or built into the kernel. */
const isThere = async ({ remote }: CheckContext, name: string): Promise<boolean> => {
  const id = name.replaceAll('-', '_')
  const builtin = `/${name.replaceAll(/[-_]/g, '[-_]')}\\.ko`
  const sign = signs[id]
  const answers = await Promise.all([
    remote.exists(`/sys/module/${id}`),
    remote.query`grep -qE ${builtin} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null`.succeeds(),
    sign !== undefined && remote.exists(sign),
  ])
  return answers.includes(true)
}

/** Loads a kernel module, now and at boot. */
export const kernelModule = defineTask({
  name: 'kernel-module',
  description: 'Loads a kernel module, now and at boot.',
  reads: '/sys/module, the list of built-in modules, and the file in /etc/modules-load.d',
  example: { name: 'br_netfilter' },
  params: () =>
    z.object({
      name: z
        .string()
        .regex(/^[\w-]+$/, 'must be the name of a kernel module')
        .describe('the module, such as br_netfilter'),
      anyFile: flag()
        .default(false)
        .describe(
          'accept a module that another file loads at boot; by default the module has a file of its own',
        ),
    }),
  title: ({ name }) => `kernel module ${name}`,

  async check(ctx, { name, anyFile }) {
    const [here, saved, elsewhere] = await Promise.all([
      isThere(ctx, name),
      readText(ctx.remote, fileOf(name)),
      anyFile && isLoadedElsewhere(ctx, name),
    ])
    const wanted = elsewhere ? saved : withModule(saved, name)
    return driftUnlessEmpty([
      ...(here ? [] : [{ what: `kernel module ${name}`, to: 'loaded' }]),
      ...(saved === wanted ? [] : [{ what: fileOf(name), from: shown(saved), to: shown(wanted) }]),
    ])
  },

  async apply(ctx, { name, anyFile }) {
    if (!(await isThere(ctx, name))) await ctx.remote.run`modprobe ${name}`
    if (anyFile && (await isLoadedElsewhere(ctx, name))) return
    await ctx.remote.makeDirectory('/etc/modules-load.d')
    const file = fileOf(name)
    await writeText(ctx.remote, file, withModule(await readText(ctx.remote, file), name))
  },
})
