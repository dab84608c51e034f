import { defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { mapLines } from '../shared/lines.ts'
import { fieldsOf, fstab } from './mounts/fstab.ts'

export const withoutSwap = (text: string): string =>
  mapLines(text, (line) => [fieldsOf(line)[2] === 'swap' ? `# ${line}` : line])

/** Turns swap off, now and at boot: the kubelet does not start with swap. */
export const swapOff = defineTask({
  name: 'swap-off',
  description: 'Turns swap off, now and at boot; entries of fstab are commented out.',
  reads: '/proc/swaps and /etc/fstab',
  example: {},
  params: () => z.object({}),

  async check({ remote }) {
    const [swaps, table] = await Promise.all([remote.read('/proc/swaps'), readText(remote, fstab)])
    const areas = (swaps ?? '')
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(/\s/)[0] || [])
    const text = table ?? ''
    return driftUnlessEmpty([
      ...areas.map((area) => ({ what: `swap on ${area}`, from: 'on', to: 'off' })),
      ...(withoutSwap(text) === text
        ? []
        : [{ what: fstab, from: shown(text), to: shown(withoutSwap(text)) }]),
    ])
  },

  async apply({ remote }) {
    await remote.run({ timeout: 600 })`swapoff -a`
    const text = (await readText(remote, fstab)) ?? ''
    if (withoutSwap(text) !== text) await writeText(remote, fstab, withoutSwap(text))
  },
})
