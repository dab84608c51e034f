/** Building blocks for parameter and variable schemas that zod does not have. */
import { z } from 'zod'
import { Secret, isSecret } from '../secret.ts'
import { isSelector } from './select.ts'
import type { Selector } from './select.ts'

/**
 * A value that must not be seen. Text becomes a {@link Secret} on its way in.
 *
 * @example
 * params: z.object({ password: secret().describe('the new password') })
 */
export const secret = () =>
  z.union([
    z.custom<Secret>(isSecret, 'a secret is needed'),
    z.string().transform((text) => new Secret(text)),
  ])

/**
 * One host, named by a pattern or a pick; for `ctx.on`.
 *
 * @example
 * params: z.object({ from: hostSelector().describe('the master to copy from') })
 */
export const hostSelector = () => z.custom<Selector>(isSelector, 'a host pattern is needed')

/** An absolute path on a host. */
export const remotePath = () =>
  z.string().regex(/^\/[^\0\n]*$/, 'an absolute path is needed, such as /etc/hosts')

/** A file mode: octal digits as text. YAML and JavaScript read a bare 0644 as a number, so numbers are refused. */
export const fileMode = () =>
  z
    .string({ error: "octal digits as text are needed, such as '0644'" })
    .regex(/^[0-7]{3,4}$/, "octal digits as text are needed, such as '0644'")
    .transform((digits) => digits.padStart(4, '0'))

/** Truth as the command line and YAML write it: true, false, yes, no, 1, 0. */
export const flag = () => z.union([z.boolean(), z.stringbool()])

/** A list of words; on the command line they are parted by commas. */
export const words = () =>
  z.union([
    z.array(z.string()),
    z.string().transform((text) =>
      text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
  ])
