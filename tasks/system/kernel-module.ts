import { defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf } from '../shared/lines.ts'

const fileOf = (name: string): string => `/etc/modules-load.d/${name}.conf`

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
    }),
  title: ({ name }) => `kernel module ${name}`,

  async check(ctx, { name }) {
    const [here, saved] = await Promise.all([isThere(ctx, name), readText(ctx.remote, fileOf(name))])
    const wanted = withModule(saved, name)
    return driftUnlessEmpty([
      ...(here ? [] : [{ what: `kernel module ${name}`, to: 'loaded' }]),
      ...(saved === wanted ? [] : [{ what: fileOf(name), from: shown(saved), to: shown(wanted) }]),
    ])
  },

  async apply(ctx, { name }) {
    if (!(await isThere(ctx, name))) await ctx.remote.run`modprobe ${name}`
    await ctx.remote.makeDirectory('/etc/modules-load.d')
    const file = fileOf(name)
    await writeText(ctx.remote, file, withModule(await readText(ctx.remote, file), name))
  },
})
