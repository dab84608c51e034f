/** `password_hash`: hashes of passwords, as `/etc/shadow` has them. */
import { isCoxswainError } from '../../../errors.ts'
import { passwordHash } from '../../../password-hash.ts'
import { Fault } from '../fault.ts'
import { numberArgument, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { takes } from '../signature.ts'

/** The rounds that are usual in Ansible. */
const usualRounds = { sha512: 656_000, sha256: 535_000 } as const

const isMethod = (word: string): word is keyof typeof usualRounds => Object.hasOwn(usualRounds, word)

const word = 'password_hash'

const hash: Filter = (value, args, { machine }) => {
  const method = textArgument(machine, args, 0, 'hashtype') ?? 'sha512'
  if (!isMethod(method))
    throw new Fault(`${word} does not support ${method}`, { word, hint: 'it supports sha512 and sha256' })
  const salt = textArgument(machine, args, 1, 'salt')
  if (salt === undefined)
    throw new Fault(`${word} needs a salt: without one, the hash would differ at each run`, {
      word,
      hint: 'give a salt of up to 16 letters and digits, or keep the hash in an encrypted variable',
    })
  if (!/^[A-Za-z0-9./]{1,16}$/.test(salt))
    throw new Fault(`the salt of ${word} must be 1 to 16 letters, digits, dots and slashes`, { word })
  for (const [position, name] of [
    [2, 'salt_size'],
    [4, 'ident'],
  ] as const)
    if ((args.at(position, name) ?? null) !== null)
      throw new Fault(`${word} does not support ${name}`, { word: name })
  const rounds = numberArgument(machine, args, 3, 'rounds') ?? usualRounds[method]
  try {
    const plain = machine.text(value)
    // a second of work or more, with the rounds of Ansible
    return machine.once(JSON.stringify([word, plain, salt, method, rounds]), () =>
      passwordHash(plain, { salt, method, rounds }).reveal(),
    )
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    throw new Fault(error.message, { word, hint: error.hint })
  }
}

export const passwordFilters: Filters = {
  password_hash: takes('hashtype salt salt_size rounds ident', hash),
}
