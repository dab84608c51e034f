import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/**
 * A Chromium without a window. Where there is none the test fails: what nobody has looked at is not known to work.
 *
 * @throws when it is not installed.
 */
export const openBrowser = (): Promise<Browser> => {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file))
  if (found === undefined) throw new Error('this test needs a browser: apt-get install chromium')
  // root, as in CI, has no sandbox
  return chromium.launch({ executablePath: found, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}
