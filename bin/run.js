#!/usr/bin/env node
// The compiled engine with the task library; `npm ci` in a checkout compiles it (`npm run build` does it again).
import { main } from '../dist/engine/cli/main.js'
import * as library from '../dist/tasks/index.js'

process.exitCode = await main(process.argv.slice(2), library)
