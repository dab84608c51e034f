import { defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import { fieldsOf, fstab } from './fstab.ts'

const withoutSwap = (text: string): string =>
  text
    .split('\n')
    .map((line) => (fieldsOf(line)[2] === 'swap' ? `# ${line}` : line))
    .join('\n')

/** Hold swap off, now and after every boot: the kubelet refuses to start with it. */
export const swapOff = defineTask({
  name: 'swap-off',
  description: 'Holds swap off, now and after every boot; entries of fstab are commented out.',
  reads: '/proc/swaps and /etc/fstab',
  example: {},
  params: z.object({}),

  async check({ remote }) {
    const [swaps, table] = await Promise.all([remote.read('/proc/swaps'), remote.read(fstab)])
    const areas = (swaps ?? '')
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(/\s/)[0] || [])
    const text = table ?? ''
    return driftUnlessEmpty([
      ...areas.map((area) => ({ what: `swap on ${area}`, from: 'on', to: 'off' })),
      ...(withoutSwap(text) === text ? [] : [{ what: fstab, from: text, to: withoutSwap(text) }]),
    ])
  },

  async apply({ remote }) {
    await remote.run({ timeout: 600 })`swapoff -a`
    const text = (await remote.read(fstab)) ?? ''
    if (withoutSwap(text) !== text) await remote.write(fstab, withoutSwap(text))
  },
})
