import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { browserNames, programPath } from './needs.ts'

/**
 * A Chromium without a window. A test that opens one declares `needs: ['chromium']`.
 *
 * @throws when it is not installed.
 */
export const openBrowser = (): Promise<Browser> => {
  const found = programPath(...browserNames)
  if (found === undefined) throw new Error('this test needs a browser: apt-get install chromium')
  // root, as in CI, has no sandbox
  return chromium.launch({ executablePath: found, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}
