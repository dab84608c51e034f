import { z } from '../../../engine/index.ts'

/** A family of addresses, as a parameter: 4 or 6, also as text, which the command line gives. */
export const family = () =>
  z
    .union([
      z.literal(4),
      z.literal(6),
      z.literal('4').transform(() => 4 as const),
      z.literal('6').transform(() => 6 as const),
    ])
    .meta({ title: '4 or 6' })
