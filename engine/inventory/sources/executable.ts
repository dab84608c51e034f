/** Executables that print an inventory as JSON. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import type { InventoryDraft } from '../draft.ts'
import { readHostVariables, readListing } from './listing-source.ts'
import { readYaml } from '../yaml/read.ts'
import type { YamlNode } from '../yaml/read.ts'

/** How far an executable may go. */
export interface ExecutableLimits {
  /** Seconds; 120 unless told. */
  readonly seconds?: number
  /** Bytes of its output; 64 MiB unless told. */
  readonly bytes?: number
}

/** Bytes of standard error that are kept: the end of it says why. */
const lastWords = 8192

/** Hosts that are asked for at the same time, where `--list` does not tell their variables. */
const atOnce = 8

/** The output of an executable that ended well. */
const outputOf = (
  path: string,
  words: readonly string[],
  { seconds = 120, bytes = 64 * 1024 * 1024 }: ExecutableLimits,
): Promise<string> =>
  new Promise((done, failed) => {
    const shown = [path, ...words].join(' ')
    const child = spawn(resolve(path), words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    let [size, err] = [0, '']
    const fail = (message: string, hint?: string, cause?: unknown): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      // what it started may hold the pipes open
      child.stdout.destroy()
      child.stderr.destroy()
      failed(new CoxswainError('load-failed', `${shown} ${message}`, { output: err, hint, cause }))
    }
    const timer = setTimeout(
      () => fail(`did not end within ${seconds} s`, 'run it by hand to see why it takes so long'),
      seconds * 1000,
    )
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk)
      size += chunk.length
      if (size > bytes) fail(`printed more than ${bytes} bytes`, 'it shall print one inventory and end')
    })
    child.stderr.on('data', (chunk: Buffer) => (err = (err + chunk.toString()).slice(-lastWords)))
    child.on('error', (cause) =>
      fail(`cannot be run: ${cause.message}`, 'see that its first line names what runs it: #!/bin/sh', cause),
    )
    child.on('close', (status, signal) => {
      if (status === 0) {
        clearTimeout(timer)
        done(Buffer.concat(out).toString())
      } else {
        fail(`ended with ${status ?? signal}`, 'run it by hand to see more')
      }
    })
  })

/** What it printed, which must be JSON. */
const json = (file: string, text: string): YamlNode => {
  try {
    JSON.parse(text)
  } catch {
    // neither the text nor what the parser says of it is shown: there may be passwords in it
    throw new CoxswainError('inventory-invalid', `${file} printed no JSON`, {
      place: { file },
      hint: 'print {"GROUP": {"hosts": […]}, "_meta": {"hostvars": {…}}}, and all else on standard error',
    })
  }
  // JSON is YAML, and read as that it has places, and numbers as they are written
  return readYaml(file, text)
}

/**
 * Runs an executable with `--list`, and with `--host NAME` for each host when that told no variables, and reads what it
 * prints: https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-script-conventions
 *
 * @throws `load-failed` when it fails, takes too long or prints too much; `inventory-invalid` when it prints nonsense.
 */
export const readExecutable = async (
  draft: InventoryDraft,
  path: string,
  limits: ExecutableLimits = {},
): Promise<void> => {
  const listing = `${path} --list`
  const hosts = readListing(draft, json(listing, await outputOf(path, ['--list'], limits)))
  for (let start = 0; start < hosts.length; start += atOnce) {
    await Promise.all(
      hosts.slice(start, start + atOnce).map(async (host) => {
        const text = await outputOf(path, ['--host', host], limits)
        if (text.trim() !== '') readHostVariables(draft, host, json(`${path} --host ${host}`, text))
      }),
    )
  }
}
