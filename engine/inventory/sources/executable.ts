/** Executables that print an inventory as JSON. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import type { InventoryDraft } from '../draft.ts'
import { readHostVariables, readListing } from './listing-source.ts'
import { readYaml } from '../yaml/read.ts'
import type { YamlNode } from '../yaml/read.ts'

/** The limits of an executable. */
export interface ExecutableLimits {
  /** Timeout in seconds; 120 by default. */
  readonly seconds?: number
  /** The most bytes of its output; 64 MiB by default. */
  readonly bytes?: number
}

/** The most characters kept of standard error, for errors. */
const lastWords = 8192

/** The number of `--host` calls at the same time, if `--list` does not print variables. */
const atOnce = 8

/** Runs an executable and returns its output. */
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
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    const fail = (message: string, hint?: string, cause?: unknown): void => {
      clearTimeout(timer)
      kill()
      // its child processes can hold the pipes open
      child.stdout.destroy()
      child.stderr.destroy()
      failed(new CoxswainError('load-failed', `${shown} ${message}`, { output: err, hint, cause }))
    }
    const timer = setTimeout(
      () => fail(`timed out after ${seconds} s`, 'run it by hand to see why it takes so long'),
      seconds * 1000,
    )
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk)
      size += chunk.length
      if (size > bytes) fail(`printed more than ${bytes} bytes`, 'it must print one inventory and exit')
    })
    child.stderr.on('data', (chunk: Buffer) => (err = (err + chunk.toString()).slice(-lastWords)))
    child.on('error', (cause) =>
      fail(
        `cannot be run: ${cause.message}`,
        'check that its first line names the interpreter: #!/bin/sh',
        cause,
      ),
    )
    child.on('close', (status, signal) => {
      process.off('exit', kill)
      if (status === 0) {
        clearTimeout(timer)
        done(Buffer.concat(out).toString())
      } else {
        fail(`exited with ${status ?? signal}`, 'run it by hand to see more')
      }
    })
  })

/** Parses its output, which must be JSON. */
const json = (file: string, text: string): YamlNode => {
  try {
    JSON.parse(text)
  } catch {
    // neither the text nor the message of the parser is shown: they can contain passwords
    throw new CoxswainError('inventory-invalid', `${file} did not print JSON`, {
      place: { file },
      hint: 'print {"GROUP": {"hosts": […]}, "_meta": {"hostvars": {…}}}, and everything else on standard error',
    })
  }
  // JSON is YAML: as YAML it has places, and numbers as written
  return readYaml(file, text, { lookups: false })
}

/**
 * Runs an executable with `--list`, and with `--host NAME` for each host if that did not print variables, and reads what it
 * prints: https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-script-conventions
 *
 * @throws `load-failed` if it fails, times out or prints too much; `inventory-invalid` for invalid output.
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
