/** Names of variables that suggest a password or another secret. */
import { looksSecret } from '../../secret.ts'
import { isNear } from '../nearest.ts'
import { settingNames } from './setting-names.ts'

const secretSettings = settingNames.filter((name) => looksSecret(`${name}=`))

/** Shorter names are too similar to ordinary words. */
const shortest = 6

/** Whether a name suggests a secret, or is nearly the name of a connection variable with a secret. */
export const looksSecretName = (name: string): boolean =>
  looksSecret(`${name}=`) ||
  (name.length >= shortest && secretSettings.some((known) => isNear(name.toLowerCase(), known, 2)))

/** Whether a line sets a variable whose name suggests a secret. */
export const setsSecret = (line: string): boolean =>
  looksSecret(line) || (line.match(/[\w-]+(?=["']?\s*[:=])/g) ?? []).some(looksSecretName)
