/** `run secret`: files and values that are encrypted with age. */
import { realpathSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { encryptAge, isAge, isArmored } from '../../inventory/secrets/age.ts'
import { isLocked, textOf } from '../../inventory/secrets/file.ts'
import type { Keyring } from '../../inventory/secrets/keyring.ts'
import { plural } from '../../report/text.ts'
import { shownWord } from '../../secret.ts'
import type { CommandContext } from '../define-command.ts'
import { keysOf } from '../session/keys.ts'
import { Prompt, ownTerminal } from '../session/prompt.ts'
import { editText } from './edit-text.ts'
import { recipientsOf } from './recipients.ts'
import type { RecipientOptions } from './recipients.ts'
import { readSecretFile, writeAll } from './secret-files.ts'
import { pathExists, refuseUnwritable, writeEdited } from './write-edited.ts'

/** What decrypts. */
interface KeyOptions {
  readonly identity: readonly string[]
}

type FileInput<Options> = {
  readonly arguments: { readonly file: string }
  readonly options: Options
}

const keyringOf = ({ identity }: KeyOptions, { redactor, outlets }: CommandContext): Keyring =>
  keysOf(
    { ageKeyFile: identity, vaultPasswordFile: [], vaultId: [], askVaultPass: false },
    new Prompt(ownTerminal(outlets)),
    redactor,
    { refuseOpenKeys: true },
  ).keyring

/** @throws `usage` for a file that is not encrypted with age. */
const refuseOther = (file: string, bytes: Uint8Array): void => {
  if (isAge(bytes)) return
  throw new CoxswainError(
    'usage',
    isLocked(bytes) ? `${file} is encrypted with Ansible Vault` : `${file} is not encrypted with age`,
    {
      hint: isLocked(bytes)
        ? 'use ansible-vault for it; or decrypt it with ansible-vault, then encrypt it with `run secret encrypt`'
        : 'encrypt it with `run secret encrypt`',
    },
  )
}

/** @throws `usage` for bytes that are not UTF-8: a variable is text. */
const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new CoxswainError('usage', 'the value on standard input is not UTF-8', {
      cause,
      hint: 'encode it, for example with base64; to encrypt a file, name the file',
    })
  }
}

/** What is typed at a hidden prompt, or all of standard input without the newline at its end. */
const valueFromInput = async ({ outlets }: CommandContext): Promise<string> => {
  const { stdin } = process
  const value = stdin.isTTY
    ? (await new Prompt(ownTerminal(outlets)).secret('Value')).reveal()
    : decoded(await buffer(stdin)).replace(/\r?\n$/, '')
  if (value !== '') return value
  throw new CoxswainError('usage', 'standard input has no value to encrypt', {
    hint: 'write it to standard input; to encrypt a file, name the file',
  })
}

/** A value as the inventory has it. */
const taggedValue = (name: string | undefined, armored: string): string => {
  const lines = armored.trim().split('\n')
  return `${name === undefined ? '' : `${name}: `}!age |\n${lines.map((line) => `  ${line}\n`).join('')}`
}

interface EncryptInput {
  readonly arguments: { readonly file: string | undefined }
  readonly options: RecipientOptions & { readonly name: string | undefined }
}

/** `run secret encrypt [FILE]`. Returns the exit status. */
export const encrypt = async (
  { arguments: { file }, options }: EncryptInput,
  context: CommandContext,
): Promise<number> => {
  const { out } = context.outlets
  if (options.name !== undefined && !/^[A-Za-z_][\w.-]*$/.test(options.name))
    throw new CoxswainError('usage', `--name: ${shownWord(options.name)} is not the name of a variable`, {
      hint: 'a name consists of letters, digits, _, . and -, and begins with a letter or _',
    })
  const recipients = await recipientsOf(options, context)
  if (file === undefined || file === '-') {
    const value = Buffer.from(await valueFromInput(context))
    out(taggedValue(options.name, Buffer.from(await encryptAge(value, recipients)).toString()))
    return exitCodes.ok
  }
  if (options.name !== undefined)
    throw new CoxswainError('usage', '--name is for a value on standard input, and a file is named')
  const bytes = readSecretFile(file)
  if (isLocked(bytes)) throw new CoxswainError('usage', `${file} is encrypted already`)
  const target = file.endsWith('.age') ? file : `${file}.age`
  if (target !== file && pathExists(target))
    throw new CoxswainError('usage', `${target} exists already`, {
      hint: `to change it, use \`run secret edit ${target}\``,
    })
  writeAll(new Map([[target, await encryptAge(bytes, recipients)]]))
  if (target !== file) rmSync(file)
  out(target === file ? `${file} is encrypted\n` : `${file} is now ${target}\n`)
  return exitCodes.ok
}

/** `run secret view FILE`: the plain text on standard output. Returns the exit status. */
export const view = async (
  { arguments: { file }, options }: FileInput<KeyOptions>,
  context: CommandContext,
): Promise<number> => {
  const bytes = readSecretFile(file)
  refuseOther(file, bytes)
  context.outlets.raw(await textOf(file, bytes, keyringOf(options, context)))
  return exitCodes.ok
}

/** `run secret edit FILE`. Returns the exit status. */
export const edit = async (
  { arguments: { file }, options }: FileInput<KeyOptions & RecipientOptions>,
  context: CommandContext,
): Promise<number> => {
  const { out, err } = context.outlets
  // before anything is decrypted or typed
  const recipients = await recipientsOf(options, context)
  const isNew = !pathExists(file)
  if (isNew && !file.endsWith('.age'))
    throw new CoxswainError('load-failed', `the file ${file} does not exist`, {
      hint: 'a new encrypted file ends with .age',
    })
  refuseUnwritable(file)
  // a recipient that does not work is an error before the editor is opened
  await encryptAge(new Uint8Array(), recipients)
  const bytes = isNew ? undefined : readSecretFile(file)
  if (bytes !== undefined) refuseOther(file, bytes)
  const before =
    bytes === undefined ? new Uint8Array() : await textOf(file, bytes, keyringOf(options, context))
  const after = await editText(before, basename(file, '.age') || 'secret', {
    env: process.env,
    warn: (message) => err(`warning: ${message}\n`),
  })
  if (Buffer.from(after).equals(before)) {
    out(`${file} is unchanged\n`)
    return exitCodes.ok
  }
  writeEdited(file, bytes, await encryptAge(after, recipients, bytes === undefined || isArmored(bytes)))
  out(`${file} is encrypted for ${plural(recipients.length, 'recipient')}\n`)
  return exitCodes.ok
}

interface RekeyInput {
  readonly arguments: { readonly files: readonly string[] }
  readonly options: KeyOptions & RecipientOptions
}

/** `run secret rekey FILE…`: encrypts files for other recipients, all of them or none. Returns the exit status. */
export const rekey = async (
  { arguments: { files }, options }: RekeyInput,
  context: CommandContext,
): Promise<number> => {
  const recipients = await recipientsOf(options, context)
  const keyring = keyringOf(options, context)
  const contents = new Map<string, Uint8Array>()
  const seen = new Set<string>()
  for (const file of files) {
    const bytes = readSecretFile(file)
    const real = realpathSync(file)
    if (seen.has(real)) continue
    seen.add(real)
    refuseOther(file, bytes)
    const plain = await textOf(file, bytes, keyring)
    contents.set(file, await encryptAge(plain, recipients, isArmored(bytes)))
  }
  writeAll(contents)
  for (const file of contents.keys()) context.outlets.out(`${file} is encrypted again\n`)
  return exitCodes.ok
}
