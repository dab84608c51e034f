// Starts the bundled engine; `npm ci` in a checkout builds it, and `npm run build` builds it again.
'use strict'

const library = {
  load: () => import('../dist/tasks.js'),
  // made by the build from the same tasks
  paramNames: () => require('../dist/param-names.json'),
}

const start = async () => {
  // Node 20 does not have it
  if (require('node:module').enableCompileCache !== undefined) {
    const { keepCompiled } = await import('../dist/compile-cache.js')
    keepCompiled(process.env)
  }
  const { start: run } = await import('../dist/main.js')
  await run(process.argv.slice(2), library)
}

exports.start = () => void start()
