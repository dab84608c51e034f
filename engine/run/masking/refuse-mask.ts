/** The last gate before a host: text in which the mask of a secret stands for the secret is refused. */
import type { Input, Request } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import { isSecret, mask } from '../../secret.ts'
import { writesMask } from './mask-pattern.ts'

/** Input that is known as a whole; a stream gives the bytes of a file, which is sent as it is. */
const holdsIt = (input: Input | undefined): boolean => {
  // a secret may be made of a text that another one was put into
  if (isSecret(input)) return writesMask(input.reveal())
  return (typeof input === 'string' || input instanceof Uint8Array) && writesMask(input)
}

/**
 * Refuses a request whose text holds the mask of a secret.
 *
 * @throws `secret-masked` naming what holds it.
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
