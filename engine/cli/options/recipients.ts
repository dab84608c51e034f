import { orSetting, texts } from '../define-option.ts'

/** For whom secrets are encrypted. */
export const recipientOptions = {
  recipient: orSetting(
    texts(
      '-r, --recipient <recipient>',
      'who can decrypt it: a recipient of age, age1…, or a file of them (can be repeated)',
    ),
    'recipients',
  ),
  recipientsFile: texts(
    '-R, --recipients-file <file>',
    'file with a recipient on each line (can be repeated)',
  ),
}

/** What decrypts secrets. */
export const identityOptions = {
  identity: orSetting(
    texts(
      '-i, --identity <file>',
      'file of age identities, in addition to those that sops uses (can be repeated)',
    ),
    'ageKeyFiles',
    ['COXSWAIN_AGE_KEY_FILE'],
  ),
}
