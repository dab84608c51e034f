import { flag, orSetting, texts } from '../define-option.ts'

/** Where the keys for encrypted files and values come from. */
export const secretOptions = {
  ageKeyFile: orSetting(
    texts(
      '--age-key-file <file>',
      'file of age identities, in addition to those that sops uses (can be repeated)',
    ),
    'ageKeyFiles',
    ['COXSWAIN_AGE_KEY_FILE'],
  ),
  vaultPasswordFile: orSetting(
    texts(
      '--vault-password-file <file>',
      'file with the Ansible Vault password, or a program that prints it (can be repeated)',
    ),
    'vaultPasswordFiles',
    ['ANSIBLE_VAULT_PASSWORD_FILE'],
  ),
  vaultId: orSetting(
    texts(
      '--vault-id <label@source>',
      'the same with a vault ID; the source is a file, a program or prompt (can be repeated)',
    ),
    'vaultIds',
  ),
  askVaultPass: flag('--ask-vault-pass', 'ask for the Ansible Vault password'),
}
