import { flag, text, texts } from '../define-option.ts'

/** What opens encrypted files and values. */
export const secretOptions = {
  ageKeyFile: text('--age-key-file <file>', 'age identities, in addition to those where sops looks for them'),
  vaultPasswordFile: texts(
    '--vault-password-file <file>',
    'password of Ansible Vault, or a program that prints it (can be repeated)',
  ),
  vaultId: texts(
    '--vault-id <label@source>',
    'the same with a vault id; the source is a file, a program or prompt (can be repeated)',
  ),
  askVaultPass: flag('--ask-vault-pass', 'ask for the password of Ansible Vault'),
}
