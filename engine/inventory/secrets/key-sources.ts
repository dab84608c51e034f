/** Where keys come from: files, programs, the environment, and people. */
import { access, constants, readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { makeOnce } from './keyring.ts'
import type { Keyring, VaultPassword } from './keyring.ts'
import { runProgram } from './program.ts'
import { isVault, openVault } from './vault.ts'

/** What the command line says of keys. */
export interface KeyOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The home folder. */
  readonly home: string
  readonly ageKeyFile: string | undefined
  readonly vaultPasswordFiles: readonly string[]
  /** `label@source`, the source a file, a program, or `prompt`. */
  readonly vaultIds: readonly string[]
  readonly askVaultPass: boolean
  readonly ask: Keyring['ask']
  readonly learn: Keyring['learn']
}

/** The label of a password that was given none, as Ansible calls it. */
const unnamed = 'default'

const unreadable = (file: string, cause: unknown): CoxswainError =>
  new CoxswainError('secret-missing', `cannot read the keys in ${file}`, {
    cause,
    hint: 'check the path, and that you may read the file',
  })

const identitiesIn = (text: string): Secret[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^AGE-SECRET-KEY-/i.test(line))
    .map((line) => new Secret(line))

/** Identities of age, from wherever `sops` looks for them too. A file that is named must be there; the usual one may. */
const readIdentities = async ({ env, home, ageKeyFile }: KeyOptions): Promise<Secret[]> => {
  const named = [ageKeyFile, env['COXSWAIN_AGE_KEY_FILE'], env['SOPS_AGE_KEY_FILE']].filter(
    (file) => file !== undefined && file !== '',
  )
  const found = identitiesIn(env['SOPS_AGE_KEY'] ?? '')
  for (const file of named) {
    if (file === undefined) continue
    try {
      found.push(...identitiesIn(await readFile(file, 'utf8')))
    } catch (cause) {
      throw unreadable(file, cause)
    }
  }
  const usual = resolve(env['XDG_CONFIG_HOME'] ?? resolve(home, '.config'), 'sops/age/keys.txt')
  found.push(...identitiesIn(await readFile(usual, 'utf8').catch(() => '')))
  return found
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** A password from a file, or from what it prints where it may be run. A program named `…-client` is told the label. */
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
    // a file of a password may itself be in a vault, which another password opens
    if (isVault(text)) text = await openVault(text, others, file)
    text = text.trim()
  }
  if (text !== '') return new Secret(text)
  throw new CoxswainError('secret-missing', `the vault password in ${file} is empty`, {
    hint: 'write the password into it',
  })
}

/** The vault passwords that the command line and the environment name, in that order. */
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

/** The keyring of a run. Nothing is read, run or asked before something sealed needs it. */
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
