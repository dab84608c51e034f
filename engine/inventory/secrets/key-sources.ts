/** Reads keys from files, programs, the environment and prompts. */
import { access, constants, open, readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { makeOnce } from './keyring.ts'
import type { Keyring, VaultPassword } from './keyring.ts'
import { runProgram } from './program.ts'
import { isVault, openVault } from './vault.ts'

/** The options for keys. */
export interface KeyOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The home folder. */
  readonly home: string
  readonly ageKeyFiles: readonly string[]
  /** Whether to refuse a file of identities that other users can read. */
  readonly refuseOpenKeys?: boolean
  readonly vaultPasswordFiles: readonly string[]
  /** `label@source`, the source a file, a program, or `prompt`. */
  readonly vaultIds: readonly string[]
  readonly askVaultPass: boolean
  readonly ask: Keyring['ask']
  readonly learn: Keyring['learn']
}

/** Ansible's label of a password without a label. */
const unnamed = 'default'

const unreadable = (file: string, cause: unknown): CoxswainError =>
  new CoxswainError('secret-missing', `cannot read the keys in ${file}`, {
    cause,
    hint: 'check the path and the permissions of the file',
  })

const identitiesIn = (text: string): Secret[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^AGE-SECRET-KEY-/i.test(line))
    .map((line) => new Secret(line))

/**
 * Reads a file of identities.
 *
 * @throws `key-unsafe` if other users can read it and `refuseOpen` is set.
 */
const readKeyFile = async (file: string, refuseOpen: boolean): Promise<string> => {
  const handle = await open(file)
  try {
    const found = await handle.stat()
    if (refuseOpen && found.isFile() && (found.mode & 0o077) !== 0)
      throw new CoxswainError('key-unsafe', `other users can access the identities in ${file}`, {
        hint: `chmod 600 ${file}; if others could read it, make a new identity and encrypt the secrets for it`,
      })
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** Reads age identities from the same places as `sops`. A named file must exist; the default file is optional. */
const readIdentities = async (options: KeyOptions): Promise<Secret[]> => {
  const { env, home, ageKeyFiles, refuseOpenKeys = false } = options
  const named = [...ageKeyFiles, env['COXSWAIN_AGE_KEY_FILE'], env['SOPS_AGE_KEY_FILE']].filter(
    (file) => file !== undefined && file !== '',
  )
  const found = identitiesIn(env['SOPS_AGE_KEY'] ?? '')
  for (const file of named) {
    if (file === undefined) continue
    try {
      found.push(...identitiesIn(await readKeyFile(file, refuseOpenKeys)))
    } catch (cause) {
      throw isCoxswainError(cause) ? cause : unreadable(file, cause)
    }
  }
  const usual = resolve(env['XDG_CONFIG_HOME'] ?? resolve(home, '.config'), 'sops/age/keys.txt')
  const inUsual = await readKeyFile(usual, refuseOpenKeys).catch((error: unknown) => {
    if (isCoxswainError(error)) throw error
    return ''
  })
  found.push(...identitiesIn(inUsual))
  return found
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Reads a password from a file, or from the output of an executable. A program named `…-client` gets the label. */
const fromFile = async (file: string, id: string, others: readonly VaultPassword[]): Promise<Secret> => {
  const path = resolve(file)
  let text: string
  if (await isProgram(path)) {
    const client = /-client(\.[^.]*)?$/.test(basename(path))
    text = (await runProgram(client ? [path, '--vault-id', id] : [path], process.cwd())).reveal()
  } else {
    try {
      text = await readFile(path, 'utf8')
    } catch (cause) {
      throw unreadable(file, cause)
    }
    // a password file can be encrypted with another vault password
    if (isVault(text)) text = await openVault(text, others, file)
    text = text.trim()
  }
  if (text !== '') return new Secret(text)
  throw new CoxswainError('secret-missing', `the vault password in ${file} is empty`, {
    hint: 'write the password into it',
  })
}

/** The vault passwords of the command line and the environment, in that order. */
const vaultPasswordsOf = (options: KeyOptions, once: Keyring['once']): VaultPassword[] => {
  const { env, vaultPasswordFiles, vaultIds, askVaultPass, ask, learn } = options
  const passwords: VaultPassword[] = []
  const add = (id: string, fetch: () => Promise<Secret>): void => {
    const key = {}
    const fetched = async (): Promise<Secret> => {
      const password = await fetch()
      learn([password])
      return password
    }
    passwords.push({ id, fetch: () => once(key, fetched) })
  }
  const addFile = (id: string, file: string): void =>
    add(id, () =>
      fromFile(
        file,
        id,
        passwords.filter((one) => one.id !== id),
      ),
    )
  for (const given of vaultIds) {
    const cut = given.indexOf('@')
    const [id, source] = cut < 0 ? [unnamed, given] : [given.slice(0, cut) || unnamed, given.slice(cut + 1)]
    if (source === 'prompt' || source === 'prompt_ask_vault_pass')
      add(id, () => ask(`Vault password (${id})`))
    else addFile(id, source)
  }
  for (const file of vaultPasswordFiles) addFile(unnamed, file)
  if (askVaultPass) add(unnamed, () => ask('Vault password'))
  const usual = env['ANSIBLE_VAULT_PASSWORD_FILE']
  if (usual !== undefined && usual !== '' && vaultPasswordFiles.length === 0) addFile(unnamed, usual)
  return passwords
}

/** Creates the keyring of a run, which reads, runs and prompts only when a sealed value needs it. */
export const createKeyring = (options: KeyOptions): Keyring => {
  const once = makeOnce()
  const { env, ask, learn } = options
  const identitiesKey = {}
  return {
    identities: () =>
      once(identitiesKey, async () => {
        const identities = await readIdentities(options)
        learn(identities)
        return identities
      }),
    vaultPasswords: vaultPasswordsOf(options, once),
    ask: (question) => once(`ask ${question}`, () => ask(question)),
    run: (command, folder) =>
      once(`run ${JSON.stringify([folder, command])}`, () => runProgram(command, folder)),
    env: (name) => env[name],
    once,
    learn,
  }
}
