#!/usr/bin/env node
// Checks the version of Node, then starts the engine. Any Node must be able to parse this file: CommonJS, ES5.
/* oxlint-disable no-var, prefer-template, prefer-arrow-callback, unicorn/prefer-module -- as above */
'use strict'

var needed = /(\d+)\.(\d+)/.exec(require('../package.json').engines.node)
var found = process.versions.node.split('.')
var major = Number(found[0]) - Number(needed[1])

if (major < 0 || (major === 0 && Number(found[1]) < Number(needed[2]))) {
  process.stderr.write(
    'Coxswain needs Node.js ' + needed[0] + ' or later; this is ' + process.versions.node + '.\n',
  )
  process.exitCode = 1
} else {
  require('./start.js').start()
}
