import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { shownWord } from '../../secret.ts'
import { defineCommand, optional, required, rest, some } from '../define-command.ts'
import { text } from '../define-option.ts'
import { verbosityOptions } from '../options/output.ts'
import { identityOptions, recipientOptions } from '../options/recipients.ts'

const encrypt = defineCommand({
  name: 'encrypt',
  summary:
    'Encrypts a file, which becomes FILE.age, or a value from standard input, which is printed for an inventory.',
  arguments: { file: optional('the file; without it, a value is read from standard input', 'file') },
  options: {
    ...recipientOptions,
    ...verbosityOptions,
    name: text('--name <variable>', 'print the value as this variable', 'nothing'),
  },
  examples: [
    { line: 'run secret encrypt group_vars/all.yaml', does: 'the file becomes group_vars/all.yaml.age' },
    { line: 'pass show db | run secret encrypt --name db_password', does: 'a value for an inventory' },
  ],
  run: async (input, context) => (await import('../secret/secret.ts')).encrypt(input, context),
})

const edit = defineCommand({
  name: 'edit',
  summary:
    'Opens an encrypted file in your editor (VISUAL, EDITOR or vi) and encrypts it again if it was changed.',
  arguments: { file: required('the file; a new one ends with .age', 'file') },
  options: { ...identityOptions, ...recipientOptions, ...verbosityOptions },
  run: async (input, context) => (await import('../secret/secret.ts')).edit(input, context),
})

const view = defineCommand({
  name: 'view',
  summary: 'Prints the plain text of an encrypted file.',
  arguments: { file: required('the file', 'file') },
  options: { ...identityOptions, ...verbosityOptions },
  run: async (input, context) => (await import('../secret/secret.ts')).view(input, context),
})

const rekey = defineCommand({
  name: 'rekey',
  summary: 'Encrypts files for other recipients; if one of them cannot be, all files stay as they are.',
  arguments: { files: some('encrypted files', 'file') },
  options: { ...identityOptions, ...recipientOptions, ...verbosityOptions },
  examples: [
    { line: 'run secret rekey group_vars/*.age', does: 'after the recipients in the settings have changed' },
  ],
  run: async (input, context) => (await import('../secret/secret.ts')).rekey(input, context),
})

const commands = [encrypt, edit, view, rekey]
const names = commands.map(({ name }) => name)

export const secret = defineCommand({
  name: 'secret',
  summary: 'Encrypts files and values with age, and shows, edits and re-encrypts them.',
  usage: `<${names.join(' | ')}>`,
  arguments: { words: rest('encrypt, edit, view or rekey', names) },
  options: verbosityOptions,
  commands,
  run: async ({ arguments: { words } }) => {
    const [word] = words
    const guess = word === undefined ? undefined : nearest(word, names)
    throw new CoxswainError(
      'usage',
      word === undefined
        ? 'name a command of `run secret`'
        : `\`run secret\` does not have a command ${shownWord(word)}`,
      { hint: guess === undefined ? `one of ${names.join(', ')}` : `did you mean ${guess}?` },
    )
  },
})
