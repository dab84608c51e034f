import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { browserNames, programPath } from './needs.ts'

/**
 * Starts Chromium without a window. A test that uses it declares `needs: ['chromium']`.
 *
 * @throws when it is not installed.
 */
export const openBrowser = (): Promise<Browser> => {
  const found = programPath(...browserNames)
  if (found === undefined) throw new Error('this test needs a browser: apt-get install chromium')
  // Chromium's sandbox does not work for root, as in CI
  return chromium.launch({ executablePath: found, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}
