/** Tasks that control a run. */
export { assert } from './assert.ts'
export { debug } from './debug.ts'
export { fail } from './fail.ts'
export { noFindings } from './no-findings.ts'
export { pause } from './pause.ts'
