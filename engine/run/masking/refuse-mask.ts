/** Refuses text with the mask of a secret instead of the secret, just before it is sent to a host. */
import type { Input, Request } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import { isSecret, mask } from '../../secret.ts'
import { writesMask } from './mask-pattern.ts'

/** Whether complete input contains the mask. A stream has the bytes of a file, which are sent unchanged. */
const holdsIt = (input: Input | undefined): boolean => {
  // a secret can be made from a text that contains the mask of another one
  if (isSecret(input)) return writesMask(input.reveal())
  return (typeof input === 'string' || input instanceof Uint8Array) && writesMask(input)
}

/**
 * Refuses a request whose text contains the mask of a secret.
 *
 * @throws `secret-masked` naming the part that contains it.
 */
export const refuseMask = ({ script, stdin, operation, identity }: Request): void => {
  const refuse = (where: string): never => {
    throw new CoxswainError('secret-masked', `${mask}, the mask of a secret, in ${where}`)
  }
  if (holdsIt(stdin))
    refuse(operation === undefined ? 'the standard input of a command' : `the content of ${operation.path}`)
  if (holdsIt(script))
    refuse(operation === undefined ? 'a command' : `a path or an attribute: ${operation.path}`)
  if (holdsIt(identity?.user)) refuse('the name of a user')
  if (holdsIt(identity?.password)) refuse(`the password for becoming ${identity?.user ?? 'another user'}`)
}
